#!/usr/bin/env python3
"""Writes the small T5 that tests compare with: random weights under Hugging Face's names, the encoder's output
computed here in float64 from the paper's description (no torch, no transformers), and a SentencePiece model made
byte by byte. Run it in its own folder; the same files come out each time.

    /usr/bin/python3 make_reference.py
"""
import json
import struct

import numpy as np

WIDTH, HEADS, HEAD_WIDTH, INNER, LAYERS, VOCABULARY, BUCKETS = 10, 3, 4, 24, 2, 28, 32


def write_safetensors(path, tensors):
    header, data = {}, b""
    for name, array in tensors.items():
        raw = array.tobytes()
        kind = {"float32": "F32", "float64": "F64", "int64": "I64"}[str(array.dtype)]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + data)


# ---- the network --------------------------------------------------------------------------------

def make_weights(rng):
    def normal(*shape, deviation):
        return (rng.standard_normal(shape) * deviation).astype(np.float32)

    whole = HEADS * HEAD_WIDTH
    weights = {"shared.weight": normal(VOCABULARY, WIDTH, deviation=1.5)}
    for layer in range(LAYERS):
        at = f"encoder.block.{layer}.layer."
        weights[at + "0.layer_norm.weight"] = 1 + normal(WIDTH, deviation=0.3)
        for part in "qkv":
            weights[f"{at}0.SelfAttention.{part}.weight"] = normal(whole, WIDTH, deviation=0.4)
        weights[at + "0.SelfAttention.o.weight"] = normal(WIDTH, whole, deviation=0.4)
        if layer == 0:
            weights[at + "0.SelfAttention.relative_attention_bias.weight"] = normal(BUCKETS, HEADS, deviation=1.0)
        weights[at + "1.layer_norm.weight"] = 1 + normal(WIDTH, deviation=0.3)
        weights[at + "1.DenseReluDense.wi.weight"] = normal(INNER, WIDTH, deviation=0.4)
        weights[at + "1.DenseReluDense.wo.weight"] = normal(WIDTH, INNER, deviation=0.3)
    weights["encoder.final_layer_norm.weight"] = 1 + normal(WIDTH, deviation=0.3)
    # what a published file also holds and the encoder must not mind
    weights["decoder.final_layer_norm.weight"] = normal(WIDTH, deviation=1.0)
    return weights


def bucket(distance):
    """Key minus query, to one of 32."""
    half = BUCKETS // 2
    first = half if distance > 0 else 0
    steps = abs(distance)
    if steps < half // 2:
        return first + steps
    along = np.float32(np.log(np.float32(steps / 8))) / np.float32(np.log(128 / 8)) * np.float32(8)
    return first + min(8 + int(along), half - 1)


def norm(x, weight):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-6) * weight


def encode(weights, ids):
    w = {name: array.astype(np.float64) for name, array in weights.items()}
    x = w["shared.weight"][ids]
    count = len(ids)
    table = w["encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"]
    bias = np.array([[table[bucket(key - query)] for key in range(count)] for query in range(count)])
    for layer in range(LAYERS):
        at = f"encoder.block.{layer}.layer."
        n = norm(x, w[at + "0.layer_norm.weight"])
        q, k, v = (n @ w[f"{at}0.SelfAttention.{part}.weight"].T for part in "qkv")
        mixed = np.zeros((count, HEADS * HEAD_WIDTH))
        for head in range(HEADS):
            of = slice(head * HEAD_WIDTH, (head + 1) * HEAD_WIDTH)
            scores = q[:, of] @ k[:, of].T + bias[:, :, head]
            scores = np.exp(scores - scores.max(-1, keepdims=True))
            mixed[:, of] = scores / scores.sum(-1, keepdims=True) @ v[:, of]
        x = x + mixed @ w[at + "0.SelfAttention.o.weight"].T
        n = norm(x, w[at + "1.layer_norm.weight"])
        x = x + np.maximum(n @ w[at + "1.DenseReluDense.wi.weight"].T, 0) @ w[at + "1.DenseReluDense.wo.weight"].T
    return norm(x, w["encoder.final_layer_norm.weight"])


# ---- the pieces ---------------------------------------------------------------------------------

def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def piece(text, score, kind):
    scored = varint(2 << 3 | 5) + struct.pack("<f", score)
    return field(1, field(1, text.encode()) + scored + varint(3 << 3) + varint(kind))


NORMAL, UNKNOWN, CONTROL = 1, 2, 3
PIECES = [("<pad>", 0, CONTROL), ("</s>", 0, CONTROL), ("<unk>", 0, UNKNOWN),
          ("▁", -3.0, NORMAL), ("▁walk", -2.0, NORMAL), ("ing", -2.0, NORMAL), ("▁w", -1.0, NORMAL), ("alking", -3.5, NORMAL),
          ("a", -4.0, NORMAL), ("b", -4.5, NORMAL), ("k", -4.0, NORMAL), ("l", -4.0, NORMAL), ("w", -4.0, NORMAL),
          ("ab", -8.5, NORMAL), ("▁a", -5.0, NORMAL), ("fi", -6.0, NORMAL), ("f", -5.0, NORMAL), ("i", -5.0, NORMAL),
          ("▁turn", -2.5, NORMAL), ("s", -3.0, NORMAL), (".", -2.0, NORMAL), ("é", -5.0, NORMAL)]
# what the normaliser makes of what; the longest match counts
REPLACEMENTS = {"Ａ": "a", "ﬁ": "fi", "\t": " ", "\u00a0": " ", "\u200b": "", "e\u0301": "é", "A": "a", "AB": "b"}


def double_array(keys):
    """A trie of byte strings in Darts-clone's units, values in the order of the keys given."""
    units = [0] * 1024
    used = {0}

    def place(node, items, depth):
        labels = sorted({key[depth] if depth < len(key) else 0 for key, _ in items})
        base = next(b for b in range(1, 512) if all((b ^ label) not in used for label in labels))
        units[node] |= (node ^ base) << 10
        for label in labels:
            used.add(base ^ label)
        for label in labels:
            child = base ^ label
            below = [(key, value) for key, value in items if (key[depth] if depth < len(key) else 0) == label]
            if label == 0:
                units[node] |= 1 << 8
                units[child] = 1 << 31 | below[0][1]
            else:
                units[child] |= label
                place(child, below, depth + 1)

    place(0, keys, 0)
    return struct.pack(f"<{len(units)}I", *units)


def sentence_piece_model():
    texts, keys = b"", []
    for source, target in REPLACEMENTS.items():
        keys.append((source.encode(), len(texts)))
        texts += target.encode() + b"\0"
    trie = double_array(keys)
    table = struct.pack("<I", len(trie)) + trie + texts
    trainer = varint(3 << 3) + varint(1)  # unigram
    normaliser = field(1, b"nmt_nfkc") + field(2, table)
    return b"".join(piece(*p) for p in PIECES) + field(2, trainer) + field(3, normaliser)


def main():
    rng = np.random.default_rng(20)
    weights = make_weights(rng)
    write_safetensors("model.safetensors", weights)
    expected = {}
    for index, count in enumerate((1, 7, 40)):
        ids = rng.integers(0, VOCABULARY, count)
        expected[f"ids.{index}"] = ids
        expected[f"states.{index}"] = encode(weights, ids)
    expected["buckets"] = np.array([bucket(d) for d in range(-200, 201)])
    write_safetensors("expected.safetensors", expected)
    open("spiece.model", "wb").write(sentence_piece_model())


if __name__ == "__main__":
    main()
