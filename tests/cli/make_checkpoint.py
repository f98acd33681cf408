#!/usr/bin/env python3
"""Writes a small checkpoint of GEM as PyTorch Lightning leaves one, with the standard library alone: its own table
of names (not the program's), Python's pickle for the pickle and zipfile for the archive.

    make_checkpoint.py FILE [--wiring full|regression] [--width 16] [--layers 2] [--wide]
                       [--nan KEY] [--drop KEY] [--extra KEY] [--reshape KEY] [--evil] [--mild]

Prints the number of names and, as JSON on the second line, the first number of each tensor.
"""
import argparse
import collections
import io
import json
import math
import pickle
import random
import struct
import sys
import types
import zipfile

P = "pipeline.denoiser3d.denoiser."


def names(width, layers, full):
    d, table = width, {}

    def linear(name, into, out):
        table[name + ".weight"], table[name + ".bias"] = (out, into), (out,)

    def mlp(name, into, inner, out):
        linear(name + ".fc1", into, inner)
        linear(name + ".fc2", inner, out)

    def norm(name, n=None):
        table[name + ".weight"] = table[name + ".bias"] = (n or d,)

    for i in range(layers):
        b = f"{P}blocks.{i}."
        table[b + "gate_msa"] = table[b + "gate_mlp"] = (1, 1, d)
        norm(b + "norm1")
        norm(b + "norm2")
        for part in ("query", "key", "value", "proj"):
            linear(f"{b}attn.{part}", d, d)
        mlp(b + "mlp", d, 4 * d, d)
        if full:
            t = f"{P}text_encoder_layers.{i}."
            table[t + "gate_cross_attn"] = table[t + "gate_mlp"] = (1, 1, d)
            norm(t + "norm2")
            norm(t + "norm3")
            table[t + "cross_attn.in_proj_weight"], table[t + "cross_attn.in_proj_bias"] = (3 * d, d), (3 * d,)
            linear(t + "cross_attn.out_proj", d, d)
            mlp(t + "mlp", d, 4 * d, d)
            table[t + "motion_pos_encoder.pe"] = (5000, 1, d)
    table[P + "sequence_pos_encoder.pe"] = table[P + "embed_timestep.sequence_pos_encoder.pe"] = (5000, 1, d)
    linear(P + "embed_timestep.time_embed.0", d, d)
    linear(P + "embed_timestep.time_embed.2", d, d)
    for head, channels in (("final_layer", 151), ("pred_cam_head", 3), ("static_conf_head", 6)):
        mlp(P + head, d, d, channels)
    linear(P + "add_cond_linear", d + 151, d)
    table["learned_pos_params"] = (17, 32)
    linear("learned_pos_linear", 2, 32)
    mlp("embed_noisyobs", 544, 2 * d, d)
    for name, channels in (("cliffcam", 3), ("cam_angvel", 6)):
        linear(name + "_embedder.0", channels, d)
        linear(name + "_embedder.3", d, d)
    norm("imgseq_embedder.0", 1024)
    linear("imgseq_embedder.1", 1024, d)
    present = ["f_cliffcam", "f_imgseq", "f_cam_angvel"]
    if full:
        linear(P + "embed_text", 1024, d)
        mlp("music_embedder", 35, 2 * d, d)
        norm("audio_embedder.0", 128)
        linear("audio_embedder.1", 128, d)
        channels = [1, 32, 32, 32, 64, 64, 128]
        for i in range(6):
            into, out = channels[i], channels[i + 1]
            convolutions = [("conv1", "bn1", into), ("conv2", "bn2", out)]
            if i not in (2, 4):
                convolutions.append(("downsample.0", "downsample.1", into))
            for conv, bn, c in convolutions:
                block = f"audio_encoder.{i}."
                table[block + conv + ".weight"], table[block + conv + ".bias"] = (out, c, 15), (out,)
                norm(block + bn, out)
                table[block + bn + ".running_mean"] = table[block + bn + ".running_var"] = (out,)
                table[block + bn + ".num_batches_tracked"] = ()
        present += ["encoded_music", "encoded_audio"]
    for name in present:
        linear(f"cond_exists_embedder.{name}.0", d + 1, d)
        linear(f"cond_exists_embedder.{name}.2", d, d)
    return table


def sinusoids(width):
    def entry(position, column):
        return (math.cos if column % 2 else math.sin)(position * 10000.0 ** (-(column - column % 2) / width))

    return [entry(position, column) for position in range(5000) for column in range(width)]


# ---- stand-ins under torch's names, so that pickle writes what torch.save would ------------------

torch = types.ModuleType("torch")
torch_utils = types.ModuleType("torch._utils")
sys.modules["torch"], sys.modules["torch._utils"] = torch, torch_utils


def stand_in(module, name):
    def function(*arguments):
        raise RuntimeError("never called here")
    function.__name__ = function.__qualname__ = name
    function.__module__ = module.__name__
    setattr(module, name, function)
    return function


REBUILD = stand_in(torch_utils, "_rebuild_tensor_v2")
STORAGES = {"f": stand_in(torch, "FloatStorage"), "q": stand_in(torch, "LongStorage")}


class Storage:
    def __init__(self, key, kind, values):
        self.key, self.kind, self.values = key, kind, values


class Tensor:
    def __init__(self, storage, shape):
        self.storage, self.shape = storage, shape

    def __reduce__(self):
        strides, step = [], 1
        for n in reversed(self.shape):
            strides.insert(0, step)
            step *= n
        return REBUILD, (self.storage, 0, self.shape, tuple(strides), False, collections.OrderedDict())


class CheckpointPickler(pickle.Pickler):
    def persistent_id(self, obj):
        if isinstance(obj, Storage):
            return ("storage", STORAGES[obj.kind], obj.key, "cpu", len(obj.values))
        return None


class ModelCheckpoint:
    """As a callback's class of the training code, which no reader knows."""


class Harmful:
    def __reduce__(self):
        return eval, ("print('run')",)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--wiring", choices=["full", "regression"], default="full")
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--layers", type=int, default=2)
    for option in ("--nan", "--drop", "--extra", "--reshape"):
        parser.add_argument(option)
    parser.add_argument("--evil", action="store_true")
    parser.add_argument("--mild", action="store_true", help="numbers of which a body can move")
    parser.add_argument("--wide", action="store_true", help="ZIP64 fields as in files above 4 GB")
    o = parser.parse_args()
    random.seed(3)
    table = names(o.width, o.layers, o.wiring == "full")
    count = len(table)
    if o.drop:
        del table[o.drop]
    if o.extra:
        table[o.extra] = (2, 2)
    if o.reshape:
        table[o.reshape] = table[o.reshape] + (1,)
    pe, storages, states, firsts = sinusoids(o.width), {}, collections.OrderedDict(), {}
    shared = None
    for name, shape in table.items():
        if name.endswith("sequence_pos_encoder.pe"):  # two names, one storage
            shared = storage = shared or Storage(str(len(storages)), "f", pe)
        elif name.endswith(".pe"):
            storage = Storage(str(len(storages)), "f", pe)
        elif name.endswith("num_batches_tracked"):
            storage = Storage(str(len(storages)), "q", [1000])
        else:
            values = [random.random() for _ in range(math.prod(shape))]
            if o.mild and not name.endswith("running_var"):
                size = 0.02 if name.startswith(P + "final_layer.fc2") else 0.4
                values = [size * (v - 0.5) for v in values]
            if name == o.nan:
                values[-1] = math.nan
            storage = Storage(str(len(storages)), "f", values)
        storages[storage.key] = storage
        states[name] = Tensor(storage, shape)
        firsts[name] = struct.unpack("<f", struct.pack("<f", storage.values[0]))[0]
    step = Tensor(Storage("0", "f", pe[:0]), ())  # of the optimiser: nobody looks at it
    root = {"epoch": 12, "global_step": 500000, "pytorch-lightning_version": "2.3.0", "state_dict": states,
            "loops": None, "callbacks": {"checkpoint": ModelCheckpoint()},
            "optimizer_states": [{"state": {0: {"step": step}}}],
            "hyper_parameters": {"rate": 2e-4, "seen": {1, 2}, "where": b"bytes", "big": 1 << 80}}
    if o.evil:
        root["callbacks"]["other"] = Harmful()
    body = io.BytesIO()
    CheckpointPickler(body, protocol=2).dump(root)
    with zipfile.ZipFile(o.file, "w", zipfile.ZIP_STORED) as archive:
        def put(name, content):
            with archive.open(zipfile.ZipInfo(f"gem_smpl/{name}"), "w", force_zip64=o.wide) as record:
                record.write(content)
        put("data.pkl", body.getvalue())
        put("byteorder", b"little")
        for key, storage in storages.items():
            put("data/" + key, struct.pack(f"<{len(storage.values)}{storage.kind}", *storage.values))
        put("version", b"3\n")
    print(count)
    print(json.dumps(firsts))


if __name__ == "__main__":
    main()
