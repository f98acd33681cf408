// The table of contents of a large ZIP file that stays on disk: records that are stored as they are (never
// compressed), more than 4 GB where it says so in ZIP64 fields.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/files.h"

namespace kinescore {

struct ZipRecord {
  std::string name;
  std::uint64_t offset = 0;  // of its first byte, in the file
  std::uint64_t size = 0;  // bytes
  std::uint32_t crc = 0;
};

/// Sorted by name. Every record must lie inside the file, apart from all others and from the table itself,
/// under a name that is there once and leads out of no folder; its local header must agree with the table.
[[nodiscard]] Result<std::vector<ZipRecord>> listStoredRecords(const InputFile& file);

/// The content of a record, its checksum compared; more than `limitBytes` is refused before anything is
/// allocated.
[[nodiscard]] Result<std::string> readRecord(const InputFile& file, const ZipRecord& record, std::uint64_t limitBytes);

/// CRC-32 as ZIP means it.
[[nodiscard]] std::uint32_t zipCrc32(std::string_view bytes);

}  // namespace kinescore
