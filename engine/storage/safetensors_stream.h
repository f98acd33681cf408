// Safetensors files too large to be held in memory: read a tensor at a time, written a tensor at a time.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/files.h"
#include "engine/storage/safetensors.h"
#include "engine/storage/safetensors_header.h"

namespace kinescore {

/// A tensor with bytes of its own.
struct OwnedTensor {
  ElementType type = ElementType::F32;
  std::vector<std::int64_t> shape;
  std::string bytes;

  [[nodiscard]] TensorView view() const { return {type, shape, bytes}; }
};

/// One file that stays on disk. Its header is checked as by SafetensorsFile; numbers when they are read.
class SafetensorsOnDisk {
 public:
  [[nodiscard]] static Result<SafetensorsOnDisk> open(const std::filesystem::path& path);

  [[nodiscard]] const std::map<std::string, TensorPlace>& tensors() const { return tensors_; }
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const { return metadata_; }
  [[nodiscard]] const std::string& name() const { return file_.name(); }

  /// A whole tensor, all numbers finite. It must be there.
  [[nodiscard]] Result<OwnedTensor> read(const std::string& name) const;
  /// Row `row` of a tensor of at least one dimension: what its first index picks out.
  [[nodiscard]] Result<OwnedTensor> readRow(const std::string& name, std::int64_t row) const;

 private:
  explicit SafetensorsOnDisk(InputFile file) : file_(std::move(file)) {}
  [[nodiscard]] Result<OwnedTensor> readBytes(const TensorPlace& place, std::vector<std::int64_t> shape,
                                              std::uint64_t skip) const;
  InputFile file_;
  std::uint64_t dataAt_ = 0;
  std::map<std::string, TensorPlace> tensors_;
  std::map<std::string, std::string> metadata_;
};

/// A model in one file or in several, as large ones are published: “model.safetensors”, or
/// “model.safetensors.index.json” whose “weight_map” tells for each tensor which file beside it holds it.
class TensorFolder {
 public:
  /// `path` is a .safetensors file, an .index.json, or a folder with one of the two under the names above.
  [[nodiscard]] static Result<TensorFolder> open(const std::filesystem::path& path);

  [[nodiscard]] bool holds(const std::string& name) const { return files_.contains(name); }
  [[nodiscard]] std::vector<std::string> names() const;
  /// The shape of a tensor that must be there; -1 stands for any length. `read` and `readRow` take names for
  /// which this gave no error.
  [[nodiscard]] Result<std::vector<std::int64_t>> shapeOf(const std::string& name,
                                                          const std::vector<std::int64_t>& expected) const;
  [[nodiscard]] Result<OwnedTensor> read(const std::string& name) const { return files_.at(name)->read(name); }
  [[nodiscard]] Result<OwnedTensor> readRow(const std::string& name, std::int64_t row) const {
    return files_.at(name)->readRow(name, row);
  }

 private:
  TensorFolder() = default;
  [[nodiscard]] static Result<TensorFolder> openIndex(const std::filesystem::path& index);
  std::map<std::string, std::shared_ptr<const SafetensorsOnDisk>> files_;  // of each tensor
};

/// Writes a new file; the tensors are told beforehand and handed over one after the other.
class SafetensorsOutput {
 public:
  [[nodiscard]] static Result<SafetensorsOutput> create(const std::filesystem::path& path,
                                                        std::vector<TensorPlace> tensors,
                                                        const std::map<std::string, std::string>& metadata);
  /// The order in which they are written.
  [[nodiscard]] const std::vector<TensorPlace>& tensors() const { return tensors_; }
  /// The next one.
  [[nodiscard]] Status append(std::string_view bytes);
  /// After the last: the file appears under its name. Its SHA-256.
  [[nodiscard]] Result<std::string> finish(const GoOn& goOn = {});

 private:
  SafetensorsOutput(NewFile file, std::vector<TensorPlace> tensors)
      : file_(std::move(file)), tensors_(std::move(tensors)) {}
  NewFile file_;
  std::vector<TensorPlace> tensors_;
  std::size_t next_ = 0;
};

}  // namespace kinescore
