"""Operations through the engine, no-ops and kernels, beside other schedulers."""
