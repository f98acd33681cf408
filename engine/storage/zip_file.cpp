#include "engine/storage/zip_file.h"

#include <algorithm>
#include <optional>

#include "engine/core/printable.h"

namespace kinescore {
namespace {

constexpr std::uint64_t kMaxRecords = 100'000;
constexpr std::uint64_t kMaxTableBytes = std::uint64_t(64) << 20;
constexpr std::size_t kEndBytes = 22, kLocatorBytes = 20, kWideEndBytes = 56, kHeaderBytes = 46, kLocalBytes = 30;
constexpr std::size_t kMaxCommentBytes = 65535;
constexpr std::uint64_t kEncrypted = 1 << 0, kSizesFollow = 1 << 3;
constexpr std::uint64_t kWideField = 0x0001;  // ZIP64's extra field
constexpr std::uint64_t k16 = 0xffff, k32 = 0xffffffff;

Error damaged(const InputFile& file, const std::string& why) {
  return {ErrorCode::BadInput, "“" + file.name() + "” is damaged: " + why + "; fetch it again."};
}

std::uint64_t numberAt(std::string_view bytes, std::size_t at, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) value |= std::uint64_t(std::uint8_t(bytes[at + std::size_t(i)])) << (8 * i);
  return value;
}

Result<std::string> bytesAt(const InputFile& file, std::uint64_t offset, std::uint64_t count) {
  if (offset > file.size() || count > file.size() - offset) return damaged(file, "it ends too early");
  std::string bytes(static_cast<std::size_t>(count), '\0');
  if (Status read = file.readAt(offset, bytes); !read) return read.error();
  return bytes;
}

struct TableOfContents {
  std::uint64_t records = 0, bytes = 0, offset = 0;
};

/// The end record of a file larger than 4 GB, which lies before the ordinary one.
Result<TableOfContents> findWideTable(const InputFile& file, std::uint64_t endAt) {
  if (endAt < kLocatorBytes) return damaged(file, "its table of contents is not there");
  const Result<std::string> locator = bytesAt(file, endAt - kLocatorBytes, kLocatorBytes);
  if (!locator) return locator.error();
  if (locator->substr(0, 4) != "PK\x06\x07") return damaged(file, "its table of contents is not there");
  const std::uint64_t at = numberAt(*locator, 8, 8);
  const Result<std::string> end = bytesAt(file, at, kWideEndBytes);
  if (!end) return end.error();
  if (end->substr(0, 4) != "PK\x06\x06") return damaged(file, "its table of contents is not there");
  return TableOfContents{numberAt(*end, 32, 8), numberAt(*end, 40, 8), numberAt(*end, 48, 8)};
}

Result<TableOfContents> findTable(const InputFile& file) {
  const std::uint64_t tailBytes = std::min<std::uint64_t>(file.size(), kEndBytes + kMaxCommentBytes);
  const Result<std::string> tail = bytesAt(file, file.size() - tailBytes, tailBytes);
  if (!tail) return tail.error();
  for (std::size_t at = tail->size() < kEndBytes ? 0 : tail->size() - kEndBytes + 1; at-- > 0;) {
    if (tail->compare(at, 4, "PK\x05\x06") != 0 || at + kEndBytes + numberAt(*tail, at + 20, 2) != tail->size())
      continue;
    const TableOfContents table{numberAt(*tail, at + 10, 2), numberAt(*tail, at + 12, 4), numberAt(*tail, at + 16, 4)};
    const bool isWide = table.records == k16 || table.bytes == k32 || table.offset == k32;
    return isWide ? findWideTable(file, file.size() - tailBytes + at) : Result<TableOfContents>(table);
  }
  return Error{ErrorCode::BadInput,
               "“" + file.name() + "” is cut off or of another kind: it does not end as a ZIP archive."};
}

/// Replaces fields that are all ones by ZIP64's, which follow one another in this order where needed.
bool widen(std::string_view extra, std::uint64_t& size, std::uint64_t& packed, std::uint64_t& local) {
  while (extra.size() >= 4) {
    const std::uint64_t id = numberAt(extra, 0, 2), length = numberAt(extra, 2, 2);
    if (length > extra.size() - 4) return false;
    std::string_view fields = extra.substr(4, static_cast<std::size_t>(length));
    extra.remove_prefix(4 + static_cast<std::size_t>(length));
    if (id != kWideField) continue;
    for (std::uint64_t* field : {&size, &packed, &local}) {
      if (*field != k32) continue;
      if (fields.size() < 8) return false;
      *field = numberAt(fields, 0, 8);
      fields.remove_prefix(8);
    }
    return true;
  }
  return true;
}

/// Nothing here is ever unpacked to a path; but a name that tries shows what kind of file this is.
bool isHarmless(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.find('\\') != std::string_view::npos) return false;
  if (std::any_of(name.begin(), name.end(), [](char c) { return c >= 0 && c < ' '; })) return false;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('/', at), name.size());
    if (name.substr(at, end - at) == "..") return false;
    at = end + 1;
  }
  return true;
}

struct Located {
  ZipRecord record;
  std::uint64_t headerAt = 0;  // of the local header
};

/// Where the content begins, once the local header has been seen to tell the same as the table.
std::optional<Error> findContent(const InputFile& file, Located& entry) {
  ZipRecord& record = entry.record;
  const std::string who = "“" + printable(record.name) + "” ";
  const Result<std::string> local = bytesAt(file, entry.headerAt, kLocalBytes);
  if (!local) return damaged(file, who + "lies outside of it");
  if (local->substr(0, 4) != "PK\x03\x04") return damaged(file, who + "is not where its table of contents says");
  const std::uint64_t nameBytes = numberAt(*local, 26, 2);
  const Result<std::string> name = bytesAt(file, entry.headerAt + kLocalBytes, nameBytes);
  const bool sizesFollow = numberAt(*local, 6, 2) & kSizesFollow;
  const std::uint64_t size = numberAt(*local, 18, 4);
  if (!name || *name != record.name || numberAt(*local, 8, 2) != 0 ||
      (!sizesFollow && size != k32 && size != record.size)) {
    return damaged(file, who + "is described twice and differently");
  }
  record.offset = entry.headerAt + kLocalBytes + nameBytes + numberAt(*local, 28, 2);
  if (record.offset > file.size() || record.size > file.size() - record.offset) {
    return damaged(file, who + "lies outside of it");
  }
  return std::nullopt;
}

Result<Located> readHeader(const InputFile& file, std::string_view& table) {
  if (table.size() < kHeaderBytes || table.substr(0, 4) != "PK\x01\x02") {
    return damaged(file, "its table of contents is not whole");
  }
  const std::uint64_t flags = numberAt(table, 8, 2), method = numberAt(table, 10, 2);
  std::uint64_t packed = numberAt(table, 20, 4), size = numberAt(table, 24, 4), local = numberAt(table, 42, 4);
  const std::size_t nameBytes = numberAt(table, 28, 2), extraBytes = numberAt(table, 30, 2);
  const std::size_t all = kHeaderBytes + nameBytes + extraBytes + numberAt(table, 32, 2);
  if (table.size() < all) return damaged(file, "its table of contents is not whole");
  Located entry;
  entry.record.name = table.substr(kHeaderBytes, nameBytes);
  entry.record.crc = static_cast<std::uint32_t>(numberAt(table, 16, 4));
  const std::string who = "“" + printable(entry.record.name) + "” ";
  if (!isHarmless(entry.record.name)) return damaged(file, "the name " + who + "leads out of the archive");
  if (method != 0 || (flags & kEncrypted)) {
    return Error{ErrorCode::Unsupported,
                 "“" + file.name() + "”: " + who + "in it is compressed or locked; torch.save writes neither."};
  }
  if (!widen(table.substr(kHeaderBytes + nameBytes, extraBytes), size, packed, local) || packed != size) {
    return damaged(file, who + "has a size that cannot be");
  }
  entry.record.size = size;
  entry.headerAt = local;
  table.remove_prefix(all);
  if (auto error = findContent(file, entry)) return *error;
  return entry;
}

}  // namespace

Result<std::vector<ZipRecord>> listStoredRecords(const InputFile& file) {
  const Result<TableOfContents> place = findTable(file);
  if (!place) return place.error();
  if (place->records > kMaxRecords || place->bytes > kMaxTableBytes) {
    return damaged(file, "its table of contents is larger than that of any checkpoint");
  }
  const Result<std::string> table = bytesAt(file, place->offset, place->bytes);
  if (!table) return damaged(file, "its table of contents lies outside of it");
  std::vector<Located> entries;
  std::string_view rest = *table;
  for (std::uint64_t i = 0; i < place->records; ++i) {
    Result<Located> entry = readHeader(file, rest);
    if (!entry) return entry.error();
    entries.push_back(*std::move(entry));
  }
  std::sort(entries.begin(), entries.end(), [](const Located& a, const Located& b) { return a.headerAt < b.headerAt; });
  std::uint64_t free = 0;
  for (const Located& e : entries) {
    if (e.headerAt < free) return damaged(file, "“" + printable(e.record.name) + "” overlaps another part of it");
    free = e.record.offset + e.record.size;
  }
  if (free > place->offset) return damaged(file, "its contents overlap their table");
  std::vector<ZipRecord> records;
  for (Located& e : entries) records.push_back(std::move(e.record));
  std::sort(records.begin(), records.end(), [](const ZipRecord& a, const ZipRecord& b) { return a.name < b.name; });
  const auto twin = std::adjacent_find(records.begin(), records.end(),
                                       [](const ZipRecord& a, const ZipRecord& b) { return a.name == b.name; });
  if (twin != records.end()) return damaged(file, "“" + printable(twin->name) + "” is in it twice");
  return records;
}

Result<std::string> readRecord(const InputFile& file, const ZipRecord& record, std::uint64_t limitBytes) {
  const std::string who = "“" + printable(record.name) + "” ";
  if (record.size > limitBytes) {
    return Error{ErrorCode::BadInput,
                 "“" + file.name() + "”: " + who + "in it is larger than " + std::to_string(limitBytes >> 20) + " MB."};
  }
  Result<std::string> content = bytesAt(file, record.offset, record.size);
  if (content && zipCrc32(*content) != record.crc) return damaged(file, "the checksum of " + who + "is wrong");
  return content;
}

std::uint32_t zipCrc32(std::string_view bytes) {
  // Eight tables take eight bytes at a step: the weights of a checkpoint are gigabytes.
  static const auto tables = [] {
    std::vector<std::uint32_t> t(8 * 256);
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t c = i;
      for (int k = 0; k < 8; ++k) c = (c & 1) ? 0xedb88320u ^ (c >> 1) : c >> 1;
      t[i] = c;
    }
    for (std::size_t i = 256; i < t.size(); ++i) t[i] = t[i - 256] >> 8 ^ t[t[i - 256] & 0xff];
    return t;
  }();
  std::uint32_t crc = ~0u;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    const std::uint64_t word = numberAt(bytes, 0, 8) ^ crc;
    crc = 0;
    for (std::size_t i = 0; i < 8; ++i) crc ^= tables[(7 - i) * 256 + (word >> (8 * i) & 0xff)];
  }
  for (const char c : bytes) crc = tables[(crc ^ std::uint8_t(c)) & 0xff] ^ crc >> 8;
  return ~crc;
}

}  // namespace kinescore
