/* Pushes a program of no-ops to MXNet's engine through its C interface.
 *
 * The functions of libmxnet come in as pointers, so nothing is linked. Operation i
 * reads the arrays reads[read_ends[i-1] .. read_ends[i]], and likewise for writes.
 */
#include <stddef.h>

typedef void (*sync_function)(void *run_context, void *parameter);
typedef int (*push_function)(sync_function, void *parameter, void *deleter,
                             void *context, void **reads, int read_count,
                             void **writes, int write_count, void *property,
                             int priority, const char *name);
typedef int (*wait_function)(void);

void noop(void *run_context, void *parameter) {
    (void)run_context;
    (void)parameter;
}

int push_program(push_function push, wait_function wait, void *context, int count,
                 void **reads, const int *read_ends, void **writes,
                 const int *write_ends) {
    int r = 0, w = 0;
    for (int i = 0; i < count; i++) {
        if (push(noop, NULL, NULL, context, reads + r, read_ends[i] - r, writes + w,
                 write_ends[i] - w, NULL, 0, NULL))
            return i + 1;
        r = read_ends[i];
        w = write_ends[i];
    }
    return wait() ? -1 : 0;
}
