// The weights of a PyTorch checkpoint (.ckpt, .pt): a ZIP archive of stored records with a pickle that says
// which part of which record is which tensor. Nothing in it is ever executed: see pickle.h. Of all that a
// pickle can ask for, three things are understood, and only where a tensor of the state dict stands:
// torch._utils._rebuild_tensor_v2, torch._utils._rebuild_parameter and the storages they are made of.
// Whatever else a training run left in the file (optimiser, settings of omegaconf, callbacks) is skipped by
// its key. A file that mentions functions by which Python reaches the system is refused all the same: it is
// no honest checkpoint, and its user should know.
//
// The file stays on disk; a tensor is read when it is asked for.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/files.h"
#include "engine/storage/safetensors.h"
#include "engine/storage/zip_file.h"

namespace kinescore {

/// One tensor: where its elements lie in a record of the archive.
struct ArchiveTensor {
  std::string name;
  ElementType type = ElementType::F32;
  std::vector<std::int64_t> shape, strides;  // strides in elements, none negative
  std::int64_t offset = 0;  // elements before the first
  std::size_t record = 0;  // which storage

  [[nodiscard]] std::int64_t elementCount() const;  // at most kMaxTensorBytes in all
};

inline constexpr std::int64_t kMaxTensorBytes = std::int64_t(4) << 30;

class TorchArchive {
 public:
  /// The tensors are those of the entry “state_dict”, or of the whole file where it has none. Each lies inside
  /// its storage. Numbers that are not finite are not looked for here.
  [[nodiscard]] static Result<TorchArchive> open(const std::filesystem::path& path);

  /// In the file's order, every name once.
  [[nodiscard]] const std::vector<ArchiveTensor>& tensors() const { return tensors_; }
  /// What lies beside the state dict and is never looked into, as "optimizer_states".
  [[nodiscard]] const std::vector<std::string>& otherEntries() const { return otherEntries_; }
  /// A whole number beside the state dict, as "epoch" or "global_step".
  [[nodiscard]] std::optional<std::int64_t> numberOf(const std::string& entry) const;
  [[nodiscard]] const InputFile& file() const { return file_; }

  /// The elements in row-major order, little-endian. The checksum of the record is compared when the tensor is
  /// all of it, as almost always.
  [[nodiscard]] Result<std::string> read(const ArchiveTensor& tensor) const;

 private:
  friend class ArchiveReader;
  explicit TorchArchive(InputFile file) : file_(std::move(file)) {}
  InputFile file_;
  std::vector<ZipRecord> records_;
  std::vector<ArchiveTensor> tensors_;
  std::vector<std::string> otherEntries_;
  std::vector<std::pair<std::string, std::int64_t>> numbers_;
};

}  // namespace kinescore
