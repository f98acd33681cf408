#include "engine/io/fbx_document.h"

#include <bit>
#include <cassert>
#include <limits>

namespace kinescore {

using namespace std::string_view_literals;

const std::string_view kFbxFileId =
    "\x28\xb3\x2a\xeb\xb6\x24\xcc\xc2\xbf\xc8\xb0\x2a\xa9\x2b\xfc\xf1"sv;
const std::string_view kFbxCreationTime = "1970-01-01 10:00:00:000"sv;

namespace {

constexpr std::string_view kMagic = "Kaydara FBX Binary  \0\x1a\0"sv;
constexpr std::string_view kFooterId =
    "\xfa\xbc\xab\x09\xd0\xc8\xd4\x66\xb1\x76\xfb\x83\x1c\xf7\x26\x7e"sv;
constexpr std::string_view kFooterEnd =
    "\xf8\x5a\x8c\x6a\xde\xf5\xd9\x7e\xec\xe9\x0c\xe3\x75\x8f\x29\x0b"sv;
constexpr std::size_t kNullRecordBytes = 13;
constexpr std::size_t kFooterPaddingBytes = 120;

template <class T>
void appendValue(std::string& out, T value) {
  static_assert(std::endian::native == std::endian::little);
  out.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

void storeUint32(std::string& out, std::size_t at, std::uint32_t value) {
  out.replace(at, 4, reinterpret_cast<const char*>(&value), 4);
}

// Element count, encoding (0: plain), length in bytes, elements.
template <class T>
void appendArray(std::string& out, char type, std::span<const T> values) {
  out.push_back(type);
  appendValue(out, static_cast<std::uint32_t>(values.size()));
  appendValue(out, std::uint32_t{0});
  appendValue(out, static_cast<std::uint32_t>(values.size_bytes()));
  out.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}

void appendBytes(std::string& out, char type, std::string_view bytes) {
  out.push_back(type);
  appendValue(out, static_cast<std::uint32_t>(bytes.size()));
  out.append(bytes);
}

}  // namespace

FbxRecord& FbxRecord::boolean(bool value) {
  properties_.push_back('C');
  properties_.push_back(value ? '\1' : '\0');
  ++propertyCount_;
  return *this;
}

FbxRecord& FbxRecord::int32(std::int32_t value) {
  properties_.push_back('I');
  appendValue(properties_, value);
  ++propertyCount_;
  return *this;
}

FbxRecord& FbxRecord::int64(std::int64_t value) {
  properties_.push_back('L');
  appendValue(properties_, value);
  ++propertyCount_;
  return *this;
}

FbxRecord& FbxRecord::real(double value) {
  properties_.push_back('D');
  appendValue(properties_, value);
  ++propertyCount_;
  return *this;
}

FbxRecord& FbxRecord::text(std::string_view value) {
  appendBytes(properties_, 'S', value);
  ++propertyCount_;
  return *this;
}

FbxRecord& FbxRecord::raw(std::string_view bytes) {
  appendBytes(properties_, 'R', bytes);
  ++propertyCount_;
  return *this;
}

FbxRecord& FbxRecord::objectName(std::string_view name, std::string_view className) {
  std::string full(name);
  full.push_back('\0');
  full.push_back('\1');
  full.append(className);
  return text(full);
}

FbxRecord& FbxRecord::int32Array(std::span<const std::int32_t> values) {
  appendArray(properties_, 'i', values);
  ++propertyCount_;
  return *this;
}

FbxRecord& FbxRecord::int64Array(std::span<const std::int64_t> values) {
  appendArray(properties_, 'l', values);
  ++propertyCount_;
  return *this;
}

FbxRecord& FbxRecord::floatArray(std::span<const float> values) {
  appendArray(properties_, 'f', values);
  ++propertyCount_;
  return *this;
}

FbxRecord& FbxRecord::doubleArray(std::span<const double> values) {
  appendArray(properties_, 'd', values);
  ++propertyCount_;
  return *this;
}

FbxRecord& FbxRecord::child(std::string name) {
  return children_.emplace_back(std::move(name));
}

void FbxRecord::appendTo(std::string& out) const {
  assert(name_.size() < 256);
  const std::size_t start = out.size();
  appendValue(out, std::uint32_t{0});  // end offset, known below
  appendValue(out, propertyCount_);
  appendValue(out, static_cast<std::uint32_t>(properties_.size()));
  out.push_back(static_cast<char>(name_.size()));
  out.append(name_);
  out.append(properties_);
  for (const FbxRecord& record : children_) record.appendTo(out);
  if (!children_.empty() || isBlock_) out.append(kNullRecordBytes, '\0');
  storeUint32(out, start, static_cast<std::uint32_t>(out.size()));
}

Result<std::string> writeFbxDocument(const FbxRecord& root) {
  std::string out(kMagic);
  appendValue(out, kFbxVersion);
  for (const FbxRecord& record : root.children_) {
    record.appendTo(out);
    // Offsets are 32 bits wide in this version of the format.
    if (out.size() > std::numeric_limits<std::uint32_t>::max()) {
      return Error{ErrorCode::Unsupported,
                   "The FBX file would be larger than 4 GB: export a shorter part of the motion."};
    }
  }
  out.append(kNullRecordBytes, '\0');
  out.append(kFooterId);
  out.append(4, '\0');
  out.append(16 - out.size() % 16, '\0');  // at least one byte, up to a multiple of 16
  appendValue(out, kFbxVersion);
  out.append(kFooterPaddingBytes, '\0');
  out.append(kFooterEnd);
  return out;
}

}  // namespace kinescore
