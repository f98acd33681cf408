// The table of contents of a ZIP archive, checked, without unpacking anything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace kinescore {

struct ZipEntry {
  std::string name;
  bool isDeflated = false;
  std::uint64_t size = 0;   // unpacked
  std::uint32_t crc = 0;
  std::string_view packed;  // into the archive's bytes
};

/// Entries that are stored or deflated; other methods and encrypted archives are refused.
[[nodiscard]] Result<std::vector<ZipEntry>> listZip(std::string_view bytes, std::string_view fileName);

/// The content of an entry, its length and checksum compared; more than `limitBytes` is refused
/// before anything is allocated.
[[nodiscard]] Result<std::string> unpackZip(const ZipEntry& entry, std::string_view fileName, std::uint64_t limitBytes);

}  // namespace kinescore
