// The container of binary FBX 7.4: named records with typed properties and children. It knows
// nothing of scenes; fbx_writer builds one on top of it.
#pragma once

#include <cstdint>
#include <list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/core/result.h"

namespace kinescore {

constexpr std::uint32_t kFbxVersion = 7400;

/// One record. Properties are kept as they will lie in the file; arrays are not compressed.
class FbxRecord {
 public:
  explicit FbxRecord(std::string name) : name_(std::move(name)) {}

  /// Properties return the record itself, so that a line of code reads like a line of the file.
  FbxRecord& boolean(bool value);
  FbxRecord& int32(std::int32_t value);
  FbxRecord& int64(std::int64_t value);
  FbxRecord& real(double value);
  FbxRecord& text(std::string_view value);
  FbxRecord& raw(std::string_view bytes);
  /// "name" of an object with its class behind it, as FBX stores it: name, 0x00, 0x01, class.
  FbxRecord& objectName(std::string_view name, std::string_view className);
  FbxRecord& int32Array(std::span<const std::int32_t> values);
  FbxRecord& int64Array(std::span<const std::int64_t> values);
  FbxRecord& floatArray(std::span<const float> values);
  FbxRecord& doubleArray(std::span<const double> values);

  /// A new last child. The reference stays good while more children are added.
  FbxRecord& child(std::string name);
  /// A record built apart becomes the last child.
  void adopt(FbxRecord record) { children_.push_back(std::move(record)); }
  /// Blocks close with a null record even when empty, as the applications write theirs.
  FbxRecord& block() {
    isBlock_ = true;
    return *this;
  }

 private:
  friend Result<std::string> writeFbxDocument(const FbxRecord& root);
  void appendTo(std::string& out) const;

  std::string name_;
  std::uint32_t propertyCount_ = 0;
  std::string properties_;
  std::list<FbxRecord> children_;
  bool isBlock_ = false;  // closes with a null record also when it has no child
};

/// The children of `root` as a whole file: header, records, null record, footer. `root` must hold
/// the FileId and CreationTime of kFbxFileId and kFbxCreationTime, to which the footer belongs.
[[nodiscard]] Result<std::string> writeFbxDocument(const FbxRecord& root);

/// The footer of a binary FBX is computed from these two; files that fix them share one footer and
/// are the same, byte for byte, whenever they are written.
extern const std::string_view kFbxFileId;
extern const std::string_view kFbxCreationTime;

}  // namespace kinescore
