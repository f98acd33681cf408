// NumPy files as other programs write them: arrays of float32 or float64, archives stored or packed.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace kinescore {

/// More than eight bytes are filled up with zeros.
inline std::string littleEndianBytes(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out.push_back(i < 8 ? char((value >> (8 * i)) & 0xff) : '\0');
  return out;
}

template <class T>
std::string npyBytes(const std::string& shape, const std::vector<T>& values, const std::string& type = sizeof(T) == 8 ? "<f8" : "<f4",
                     bool isFortran = false) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': " + (isFortran ? "True" : "False") + ", 'shape': (" + shape + "), }";
  while ((header.size() + 11) % 64 != 0) header += ' ';
  header += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  out += littleEndianBytes(header.size(), 2) + header;
  out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  return out;
}

// Bit by bit, so that a reader's table is checked against something else.
inline std::uint32_t slowCrc32(const std::string& bytes) {
  std::uint32_t crc = 0xffffffffu;
  for (unsigned char c : bytes) {
    crc ^= c;
    for (int k = 0; k < 8; ++k) crc = (crc >> 1) ^ ((crc & 1) ? 0xedb88320u : 0u);
  }
  return ~crc;
}

struct PackedFile {
  std::string name, content;
  std::string deflated = {};  // when not empty, stored as method 8
};

inline std::string npzBytes(const std::vector<PackedFile>& files) {
  std::string out, directory;
  for (const PackedFile& file : files) {
    const std::string& data = file.deflated.empty() ? file.content : file.deflated;
    const std::string common = littleEndianBytes(file.deflated.empty() ? 0 : 8, 2) + littleEndianBytes(0, 4) +
                               littleEndianBytes(slowCrc32(file.content), 4) + littleEndianBytes(data.size(), 4) +
                               littleEndianBytes(file.content.size(), 4) + littleEndianBytes(file.name.size(), 2);
    directory += "PK\x01\x02" + littleEndianBytes(20, 2) + littleEndianBytes(20, 2) + littleEndianBytes(0, 2) + common +
                 littleEndianBytes(0, 12) + littleEndianBytes(out.size(), 4) + file.name;
    out += "PK\x03\x04" + littleEndianBytes(20, 2) + littleEndianBytes(0, 2) + common + littleEndianBytes(0, 2) + file.name + data;
  }
  const std::size_t at = out.size();
  return out + directory + "PK\x05\x06" + littleEndianBytes(0, 4) + littleEndianBytes(files.size(), 2) +
         littleEndianBytes(files.size(), 2) + littleEndianBytes(directory.size(), 4) + littleEndianBytes(at, 4) + littleEndianBytes(0, 2);
}

}  // namespace kinescore
