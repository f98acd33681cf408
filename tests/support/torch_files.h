// PyTorch checkpoints as torch.save writes them, made by hand: pickles of protocol 2, and ZIP archives of stored
// records that begin at multiples of 64 bytes. Also the wrong ones.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/numpy_files.h"

namespace kinescore::pickled {

inline std::string text(std::string_view value) {
  return "X" + littleEndianBytes(value.size(), 4) + std::string(value);
}
inline std::string integer(std::int64_t value) {
  if (value >= 0 && value < 256) return "K" + littleEndianBytes(std::uint64_t(value), 1);
  if (value >= 0 && value < 65536) return "M" + littleEndianBytes(std::uint64_t(value), 2);
  if (value == std::int32_t(value)) return "J" + littleEndianBytes(std::uint64_t(value), 4);
  return "\x8a\x08" + littleEndianBytes(std::uint64_t(value), 8);
}
inline std::string joined(const std::vector<std::string>& items) {
  std::string all;
  for (const std::string& item : items) all += item;
  return all;
}
inline std::string tuple(const std::vector<std::string>& items) { return "(" + joined(items) + "t"; }
inline std::string list(const std::vector<std::string>& items) { return "](" + joined(items) + "e"; }
inline std::string global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}
inline std::string call(const std::string& callee, const std::vector<std::string>& arguments) {
  return callee + tuple(arguments) + "R";
}
/// Keys and values in turn.
inline std::string dict(const std::vector<std::string>& entries) { return "}(" + joined(entries) + "u"; }
/// With the attribute that state dicts carry, which is set by BUILD.
inline std::string orderedDict(const std::vector<std::string>& entries) {
  const std::string empty = global("collections", "OrderedDict") + ")R";
  return empty + "(" + joined(entries) + "u" + dict({text("_metadata"), empty}) + "b";
}
inline std::string program(const std::string& body) { return "\x80\x02" + body + "."; }

inline std::string sizes(const std::vector<std::int64_t>& values) {
  std::vector<std::string> items;
  for (const std::int64_t v : values) items.push_back(integer(v));
  return tuple(items);
}
inline std::string storage(const std::string& type, const std::string& record, std::int64_t count) {
  return tuple({text("storage"), global("torch", type), text(record), text("cpu"), integer(count)}) + "Q";
}
inline std::string tensor(const std::string& ofStorage, std::int64_t offset, const std::vector<std::int64_t>& shape,
                          const std::vector<std::int64_t>& strides) {
  return call(global("torch._utils", "_rebuild_tensor_v2"), {ofStorage, integer(offset), sizes(shape), sizes(strides),
                                                             "\x89", global("collections", "OrderedDict") + ")R"});
}

}  // namespace kinescore::pickled

namespace kinescore {

struct ZipPart {
  std::string name, content;
  int method = 0;
  std::uint64_t sizeLie = 0;  // added to the size that the table tells
};

struct ZipWriterOptions {
  bool isWide = false;  // ZIP64 fields everywhere
  bool sizesFollow = false;  // sizes in a descriptor behind the content instead of before it
};

inline std::string zipArchive(const std::vector<ZipPart>& parts, const ZipWriterOptions& options = {}) {
  const auto le = littleEndianBytes;
  const std::string all = le(0xffffffff, 4);
  std::string out, table;
  for (const ZipPart& part : parts) {
    const std::uint64_t size = part.content.size(), told = size + part.sizeLie, at = out.size();
    const std::uint32_t crc = slowCrc32(part.content);
    const std::string start = le(options.sizesFollow ? 0x0808 : 0, 2) + le(std::uint64_t(part.method), 2) + le(0, 4);
    const std::string sizes =
        options.sizesFollow ? le(0, 12) : le(crc, 4) + (options.isWide ? all + all : le(told, 4) + le(told, 4));
    std::string extra = options.isWide && !options.sizesFollow ? le(1, 2) + le(16, 2) + le(told, 8) + le(told, 8) : "";
    const std::size_t padding = 64 - (out.size() + 30 + part.name.size() + extra.size() + 4) % 64;
    extra += "FB" + le(padding, 2) + std::string(padding, 'Z');
    out += "PK\x03\x04" + le(45, 2) + start + sizes + le(part.name.size(), 2) + le(extra.size(), 2) + part.name +
           extra + part.content;
    if (options.sizesFollow) out += "PK\x07\x08" + le(crc, 4) + le(told, 8) + le(told, 8);
    const std::string wide = options.isWide ? le(1, 2) + le(24, 2) + le(told, 8) + le(told, 8) + le(at, 8) : "";
    table += "PK\x01\x02" + le(45, 2) + le(45, 2) + start + le(crc, 4) +
             (options.isWide ? all + all : le(told, 4) + le(told, 4)) + le(part.name.size(), 2) + le(wide.size(), 2) +
             le(0, 10) + (options.isWide ? all : le(at, 4)) + part.name + wide;
  }
  const std::uint64_t tableAt = out.size(), count = parts.size();
  out += table;
  if (options.isWide) {
    const std::uint64_t endAt = out.size();
    out += "PK\x06\x06" + le(44, 8) + le(45, 2) + le(45, 2) + le(0, 8) + le(count, 8) + le(count, 8) +
           le(table.size(), 8) + le(tableAt, 8);
    out += "PK\x06\x07" + le(0, 4) + le(endAt, 8) + le(1, 4);
    return out + "PK\x05\x06" + le(0, 4) + le(0xffff, 2) + le(0xffff, 2) + all + all + le(0, 2);
  }
  return out + "PK\x05\x06" + le(0, 4) + le(count, 2) + le(count, 2) + le(table.size(), 4) + le(tableAt, 4) + le(0, 2);
}

/// The records of a checkpoint named "archive": the pickle and one record a storage, named 0, 1, 2…
inline std::vector<ZipPart> torchParts(const std::string& pickle, const std::vector<std::string>& storages) {
  std::vector<ZipPart> parts = {
      {"archive/data.pkl", pickle}, {"archive/byteorder", "little"}, {"archive/version", "3\n"}};
  for (std::size_t i = 0; i < storages.size(); ++i) parts.push_back({"archive/data/" + std::to_string(i), storages[i]});
  return parts;
}

/// A state dict of contiguous float tensors, each with a storage of its own, inside a training checkpoint.
struct FloatTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

inline std::string bytesOfFloats(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

inline std::vector<std::int64_t> rowMajorStrides(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t d = shape.size(); d-- > 1;) strides[d - 1] = strides[d] * shape[d];
  return strides;
}

inline std::string torchCheckpoint(const std::vector<FloatTensor>& tensors,
                                   const std::vector<std::string>& besides = {}) {
  std::vector<std::string> entries, storages;
  for (const FloatTensor& t : tensors) {
    const std::string stored =
        pickled::storage("FloatStorage", std::to_string(storages.size()), std::int64_t(t.values.size()));
    entries.push_back(pickled::text(t.name));
    entries.push_back(pickled::tensor(stored, 0, t.shape, rowMajorStrides(t.shape)));
    storages.push_back(bytesOfFloats(t.values));
  }
  std::vector<std::string> root = {pickled::text("epoch"),       pickled::integer(7),
                                   pickled::text("global_step"), pickled::integer(500000),
                                   pickled::text("state_dict"),  pickled::orderedDict(entries)};
  root.insert(root.end(), besides.begin(), besides.end());
  return zipArchive(torchParts(pickled::program(pickled::dict(root)), storages));
}

}  // namespace kinescore
