#include "engine/storage/safetensors_stream.h"

#include <cassert>
#include <cstring>

#include "engine/core/printable.h"
#include "engine/storage/json.h"

namespace kinescore {
namespace fs = std::filesystem;
namespace {

constexpr const char* kSingleFile = "model.safetensors";
constexpr const char* kIndexFile = "model.safetensors.index.json";
constexpr std::uint64_t kIndexLimitBytes = 64u << 20;

}  // namespace

Result<SafetensorsOnDisk> SafetensorsOnDisk::open(const fs::path& path) {
  Result<InputFile> opened = InputFile::open(path);
  if (!opened) return opened.error();
  SafetensorsOnDisk disk(std::move(*opened));
  const InputFile& file = disk.file_;
  const auto refuse = [&](const Error& why) { return why.withContext("“" + file.name() + "”"); };
  char raw[8];
  if (file.size() < sizeof raw) return refuse(damagedTensorFile("it is too short"));
  if (Status read = file.readAt(0, raw); !read) return read.error();
  std::uint64_t headerBytes = 0;
  std::memcpy(&headerBytes, raw, sizeof raw);
  if (headerBytes > kSafetensorsHeaderLimitBytes || headerBytes > file.size() - 8)
    return refuse(damagedTensorFile("its header does not fit in it"));
  std::string text(static_cast<std::size_t>(headerBytes), '\0');
  if (Status read = file.readAt(8, text); !read) return read.error();
  Result<SafetensorsHeader> header = parseSafetensorsHeader(text, file.size() - 8 - headerBytes);
  if (!header) return refuse(header.error());
  disk.dataAt_ = 8 + headerBytes;
  disk.metadata_ = std::move(header->metadata);
  for (TensorPlace& place : header->tensors) disk.tensors_.emplace(place.name, place);
  return disk;
}

Result<OwnedTensor> SafetensorsOnDisk::readBytes(const TensorPlace& place, std::vector<std::int64_t> shape,
                                                 std::uint64_t skip) const {
  OwnedTensor tensor{place.type, std::move(shape), {}};
  tensor.bytes.resize(static_cast<std::size_t>(byteSizeOf(tensor.type, tensor.shape)));
  if (Status read = file_.readAt(dataAt_ + place.begin + skip, tensor.bytes); !read) return read.error();
  if (!allFinite(tensor.view())) {
    return damagedTensorFile("tensor “" + printable(place.name) + "” holds a number that is not finite")
        .withContext("“" + file_.name() + "”");
  }
  return tensor;
}

Result<OwnedTensor> SafetensorsOnDisk::read(const std::string& name) const {
  const TensorPlace& place = tensors_.at(name);
  return readBytes(place, place.shape, 0);
}

Result<OwnedTensor> SafetensorsOnDisk::readRow(const std::string& name, std::int64_t row) const {
  const TensorPlace& place = tensors_.at(name);
  assert(!place.shape.empty() && row >= 0 && row < place.shape[0]);
  std::vector<std::int64_t> shape(place.shape.begin() + 1, place.shape.end());
  const std::uint64_t rowBytes = byteSizeOf(place.type, shape);
  return readBytes(place, std::move(shape), rowBytes * static_cast<std::uint64_t>(row));
}

Result<TensorFolder> TensorFolder::open(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    if (fs::exists(path / kSingleFile, ignored)) return open(path / kSingleFile);
    if (fs::exists(path / kIndexFile, ignored)) return open(path / kIndexFile);
    return Error{ErrorCode::NotFound,
                 "“" + path.string() + "” holds neither " + kSingleFile + " nor " + kIndexFile + "."};
  }
  if (path.extension() == ".json") return openIndex(path);
  Result<SafetensorsOnDisk> file = SafetensorsOnDisk::open(path);
  if (!file) return file.error();
  const auto shared = std::make_shared<const SafetensorsOnDisk>(std::move(*file));
  TensorFolder folder;
  for (const auto& [name, place] : shared->tensors()) folder.files_.emplace(name, shared);
  return folder;
}

Result<TensorFolder> TensorFolder::openIndex(const fs::path& index) {
  const Result<std::string> text = readFile(index, kIndexLimitBytes);
  if (!text) return text.error();
  const std::string who = "“" + index.filename().string() + "” ";
  const Result<nlohmann::json> json = parseJson(*text, "list of tensor files " + who, kIndexLimitBytes);
  if (!json) return json.error();
  if (!json->is_object() || !json->contains("weight_map") || !(*json)["weight_map"].is_object()) {
    return Error{ErrorCode::BadInput, who + "does not say which file holds which tensor."};
  }
  std::map<std::string, std::shared_ptr<const SafetensorsOnDisk>> opened;
  TensorFolder folder;
  for (const auto& [name, value] : (*json)["weight_map"].items()) {
    const std::string file = value.is_string() ? value.get<std::string>() : std::string();
    if (file.empty() || fs::path(file).filename() != file || file == "." || file == "..") {
      return Error{ErrorCode::BadInput, who + "names “" + printable(file) + "”, which is no file beside it."};
    }
    auto& shard = opened[file];
    if (!shard) {
      Result<SafetensorsOnDisk> read = SafetensorsOnDisk::open(index.parent_path() / file);
      if (!read) return read.error();
      shard = std::make_shared<const SafetensorsOnDisk>(std::move(*read));
    }
    if (!shard->tensors().contains(name)) {
      return Error{ErrorCode::BadInput,
                   who + "says that “" + file + "” holds “" + printable(name) + "”, but it does not."};
    }
    folder.files_.emplace(name, shard);
  }
  return folder;
}

std::vector<std::string> TensorFolder::names() const {
  std::vector<std::string> names;
  for (const auto& [name, file] : files_) names.push_back(name);
  return names;
}

Result<std::vector<std::int64_t>> TensorFolder::shapeOf(const std::string& name,
                                                        const std::vector<std::int64_t>& expected) const {
  const auto found = files_.find(name);
  if (found == files_.end()) return damagedTensorFile("tensor “" + name + "” is missing");
  const std::vector<std::int64_t>& shape = found->second->tensors().at(name).shape;
  bool fits = shape.size() == expected.size();
  for (std::size_t i = 0; fits && i < shape.size(); ++i) fits = expected[i] < 0 || expected[i] == shape[i];
  if (!fits) return damagedTensorFile("tensor “" + name + "” has another shape than the network");
  return shape;
}

Result<SafetensorsOutput> SafetensorsOutput::create(const fs::path& path, std::vector<TensorPlace> tensors,
                                                    const std::map<std::string, std::string>& metadata) {
  Result<NewFile> file = NewFile::create(path);
  if (!file) return file.error();
  placeTensors(tensors);
  if (Status written = file->append(writeSafetensorsHeader(tensors, metadata)); !written) return written.error();
  return SafetensorsOutput(std::move(*file), std::move(tensors));
}

Status SafetensorsOutput::append(std::string_view bytes) {
  assert(next_ < tensors_.size() && bytes.size() == tensors_[next_].end - tensors_[next_].begin);
  ++next_;
  return file_.append(bytes);
}

Result<std::string> SafetensorsOutput::finish(const GoOn& goOn) {
  assert(next_ == tensors_.size());
  return file_.finish(goOn);
}

}  // namespace kinescore
