#include "engine/storage/zip.h"

#include "engine/storage/inflate.h"
#include "engine/storage/zip_file.h"

namespace kinescore {
namespace {

constexpr std::size_t kMaxEntries = 1024;
constexpr std::uint64_t kEncrypted = 1;

std::uint64_t littleEndian(std::string_view bytes, std::size_t at, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) value |= std::uint64_t(std::uint8_t(bytes[at + i])) << (8 * i);
  return value;
}

}  // namespace

Result<std::vector<ZipEntry>> listZip(std::string_view bytes, std::string_view fileName) {
  const std::string file(fileName);
  const Error damaged{ErrorCode::BadInput, file + " is damaged or no NPZ archive."};
  // The end record: signature, counts, place of the central directory; a comment may follow.
  if (bytes.size() < 22) return damaged;
  std::size_t end = std::string_view::npos;
  const std::size_t earliest = bytes.size() > 22 + 65535 ? bytes.size() - 22 - 65535 : 0;
  for (std::size_t at = bytes.size() - 22 + 1; at-- > earliest;) {
    if (bytes.substr(at, 4) == "PK\x05\x06") {
      end = at;
      break;
    }
  }
  if (end == std::string_view::npos) return damaged;
  const std::size_t count = littleEndian(bytes, end + 10, 2);
  std::size_t at = littleEndian(bytes, end + 16, 4);
  if (count > kMaxEntries) return damaged;
  std::vector<ZipEntry> entries;
  for (std::size_t i = 0; i < count; ++i) {
    if (at > end || end - at < 46 || bytes.substr(at, 4) != "PK\x01\x02") return damaged;
    const std::uint64_t flags = littleEndian(bytes, at + 8, 2);
    const std::uint64_t method = littleEndian(bytes, at + 10, 2);
    const std::uint64_t packed = littleEndian(bytes, at + 20, 4);
    const std::uint64_t nameSize = littleEndian(bytes, at + 28, 2);
    const std::uint64_t extras = littleEndian(bytes, at + 30, 2) + littleEndian(bytes, at + 32, 2);
    const std::uint64_t local = littleEndian(bytes, at + 42, 4);
    if (end - at < 46 + nameSize + extras) return damaged;
    ZipEntry entry;
    entry.name = bytes.substr(at + 46, nameSize);
    entry.isDeflated = method == 8;
    entry.crc = std::uint32_t(littleEndian(bytes, at + 16, 4));
    entry.size = littleEndian(bytes, at + 24, 4);
    at += 46 + nameSize + extras;
    if ((method != 0 && method != 8) || (flags & kEncrypted)) {
      return Error{ErrorCode::Unsupported, file + " is packed in a way that cannot be read; save it with numpy.savez."};
    }
    if (method == 0 && packed != entry.size) return damaged;
    if (local > bytes.size() || bytes.size() - local < 30 || bytes.substr(local, 4) != "PK\x03\x04") return damaged;
    const std::uint64_t dataAt = local + 30 + littleEndian(bytes, local + 26, 2) + littleEndian(bytes, local + 28, 2);
    if (dataAt > bytes.size() || bytes.size() - dataAt < packed) return damaged;
    entry.packed = bytes.substr(dataAt, packed);
    entries.push_back(std::move(entry));
  }
  return entries;
}

Result<std::string> unpackZip(const ZipEntry& entry, std::string_view fileName, std::uint64_t limitBytes) {
  const std::string file(fileName);
  if (entry.size > limitBytes) {
    return Error{ErrorCode::BadInput, file + ": “" + entry.name + "” is larger than " + std::to_string(limitBytes >> 20) + " MiB."};
  }
  std::string content;
  if (entry.isDeflated) {
    Result<std::string> inflated = inflateDeflate(entry.packed, entry.size);
    if (!inflated) return Error{ErrorCode::BadInput, file + " is damaged: " + entry.name + " cannot be unpacked."};
    content = std::move(*inflated);
  } else {
    content = entry.packed;
  }
  if (zipCrc32(content) != entry.crc) {
    return Error{ErrorCode::BadInput, file + " is damaged: the checksum of " + entry.name + " is wrong."};
  }
  return content;
}

}  // namespace kinescore
