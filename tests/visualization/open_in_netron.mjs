// Opens files as Netron itself does and tells what it found, as JSON.
//
//     node open_in_netron.mjs NETRON_FOLDER FILE...
//
// Netron chooses the parser (`ModelFactoryService` tries them by file name), so this also
// shows that no other format's parser takes the file. Netron asks a host for its own files
// and for those that lie beside the model.

import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, ...files] = process.argv.slice(2);
const netron = (name) => import(pathToFileURL(join(folder, name)).href);
const base = await netron('base.js');
const view = await netron('view.js');

class Host {
    constructor(file, stream) {
        this.folder = dirname(file);
        this.identifier = basename(file);
        this.stream = stream;
    }

    async require(id) {
        return netron(`${id}.js`);
    }

    async asset(name) {
        return readFile(join(folder, name), 'utf-8');
    }

    async fetch(name) {
        return new base.BinaryStream(await readFile(join(this.folder, name)));
    }

    event() {}

    error(error) {
        throw error;
    }
}

const value = (item) => ({
    name: item.name,
    weight: item.initializer ? item.initializer.name : null,
    type: item.type ? item.type.toString() : null,
});

const argument = ({ name, value: values }) => [name, values.map(value)];

const node = ({ name, type, attributes, inputs, outputs }) => ({
    name,
    type: type.name,
    attributes: Object.fromEntries(attributes.map(({ name, value }) => [name, value])),
    inputs: inputs.map(argument),
    outputs: outputs.map(argument),
});

const found = [];
for (const file of files) {
    const host = new Host(file, new base.BinaryStream(await readFile(file)));
    const model = await new view.ModelFactoryService(host).open(host);
    const [graph] = model.modules;
    found.push({
        format: model.format,
        inputs: graph.inputs.map(argument),
        outputs: graph.outputs.map(argument),
        nodes: graph.nodes.map(node),
    });
}
process.stdout.write(JSON.stringify(found));
