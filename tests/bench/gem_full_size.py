#!/usr/bin/env python3
"""Memory and time of a GEM network of the published size, of random numbers, on this machine.

    gem_full_size.py PROGRAM FOLDER [--seconds 10] [--quality good]

Writes the network (1.7 GB, float32, under the names and shapes of the published checkpoint after its conversion) and a
tiny T5 into FOLDER, performs a text through the program and prints what docs/gem-parity.md says. Needs numpy.
"""
import argparse
import json
import os
import re
import runpy
import struct
import subprocess
import sys

import numpy

here = os.path.dirname(os.path.abspath(__file__))
cli = os.path.join(here, "..", "cli")


def write_network(path):
    """A tensor at a time, as the converter leaves them: no copies of the table of positions, no counters."""
    checkpoint = runpy.run_path(os.path.join(cli, "make_checkpoint.py"))
    table = checkpoint["P"] + "sequence_pos_encoder.pe"
    shapes = {name: shape for name, shape in checkpoint["names"](1024, 16, True).items()
              if not name.endswith("num_batches_tracked") and (not name.endswith(".pe") or name == table)}
    header, at = {"__metadata__": {"architecture": "gem", "wiring": "gem_smpl", "num_heads": "8"}}, 0
    for name, shape in sorted(shapes.items()):
        size = 4 * int(numpy.prod(shape))
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    draw = numpy.random.default_rng(1)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name, shape in sorted(shapes.items()):
            if name.endswith("running_var"):
                values = numpy.ones(shape, numpy.float32)
            else:
                scale = 0.02 if len(shape) > 1 else 0.1
                values = draw.standard_normal(shape, numpy.float32) * numpy.float32(scale)
            file.write(values.tobytes())
    statistics = (".running_mean", ".running_var", ".pe")
    return sum(int(numpy.prod(shape)) for name, shape in shapes.items() if not name.endswith(statistics))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--seconds", default="10")
    parser.add_argument("--quality", default="good")
    o = parser.parse_args()
    os.makedirs(o.folder, exist_ok=True)
    weights = os.path.join(o.folder, "gem-full.safetensors")
    parameters = write_network(weights)
    t5 = os.path.join(o.folder, "t5-3b")
    if not os.path.exists(t5):
        subprocess.run([sys.executable, os.path.join(cli, "make_t5.py"), t5,
                        os.path.join(here, "..", "data", "t5", "spiece.model")], check=True)
    ran = subprocess.run(["/usr/bin/time", "-v", o.program, "-v", "generate", "--text", "a person walks", "--seconds",
                          o.seconds, "--quality", o.quality, "--model", "gem:" + weights, "--json"],
                         capture_output=True, text=True)
    print(ran.stderr)
    if ran.returncode != 0:
        return ran.returncode
    take = json.loads(ran.stdout)[0]
    peak = int(re.search(r"Maximum resident set size \(kbytes\): (\d+)", ran.stderr).group(1)) * 1024
    plan = next(line for line in take["report"] if line["sentence"].startswith("Memory planned"))
    processor = next(line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    print(f"{processor}, {os.cpu_count()} threads: {parameters:,} parameters, {os.path.getsize(weights) / 1e9:.2f} GB; "
          f"{take['frames']} frames, {take['networkEvaluations']} evaluations, {take['seconds']:.0f} s; "
          f"{plan['sentence']} ({plan['detail']}) peak {peak / 1e9:.2f} GB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
