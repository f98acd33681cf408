#!/usr/bin/env python3
"""Writes a tiny T5 encoder of GEM's width as Hugging Face lays one out, of random numbers, with the standard library.

    make_t5.py FOLDER SPIECE_MODEL [--width 1024]
"""
import argparse
import json
import os
import random
import shutil
import struct

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("pieces")
parser.add_argument("--width", type=int, default=1024)
o = parser.parse_args()
random.seed(5)
os.makedirs(o.folder)
shutil.copy(o.pieces, os.path.join(o.folder, "spiece.model"))
block, w = "encoder.block.0.layer.", o.width
shapes = {"shared.weight": (28, w), "encoder.final_layer_norm.weight": (w,), block + "0.layer_norm.weight": (w,),
          block + "1.layer_norm.weight": (w,), block + "0.SelfAttention.relative_attention_bias.weight": (32, 2),
          block + "0.SelfAttention.o.weight": (w, 16), block + "1.DenseReluDense.wi.weight": (16, w),
          block + "1.DenseReluDense.wo.weight": (w, 16)}
for part in "qkv":
    shapes[f"{block}0.SelfAttention.{part}.weight"] = (16, w)
header, body = {}, b""
for name, shape in shapes.items():
    count = 1
    for n in shape:
        count *= n
    data = struct.pack(f"<{count}f", *(random.uniform(-1, 1) for _ in range(count)))
    header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(body), len(body) + len(data)]}
    body += data
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open(os.path.join(o.folder, "model.safetensors"), "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + body)
