#include "engine/train/checkpoint.h"

#include <algorithm>
#include <cstdio>

#include "engine/core/files.h"
#include "engine/core/log.h"
#include "engine/storage/json.h"
#include "engine/storage/safetensors.h"

namespace kinescore {
namespace {

constexpr const char* kFormat = "kinescore-checkpoint-1";
constexpr int kKept = 3;
constexpr std::string_view kPrefix = "checkpoint-", kSuffix = ".safetensors";

std::span<const float> floatsOf(const at::Tensor& tensor) {
  return {tensor.data_ptr<float>(), std::size_t(tensor.numel())};
}

// Oldest first.
std::vector<std::filesystem::path> checkpointsIn(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kPrefix) && name.ends_with(kSuffix)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());  // the step is written with leading zeros
  return files;
}

}  // namespace

Status saveCheckpoint(const std::filesystem::path& folder, Learner& learner, const std::string& dataHash,
                      const nlohmann::json& card) {
  const ModelParts& parts = learner.parts();
  SafetensorsWriter writer;
  nlohmann::json about;
  about["format"] = kFormat;
  about["sizes"] = jsonFromConfig(parts.config);
  about["step"] = learner.progress().step;
  about["hours"] = learner.progress().hours;
  about["gradients"] = learner.progress().gradients;
  about["data"] = dataHash;
  about["card"] = card;
  writer.setMetadata("about", about.dump());
  for (const auto& [name, tensor] : learner.arrays()) writer.addFloats(name, {tensor.numel()}, floatsOf(tensor));
  addConstants(writer, parts);
  char name[64];
  std::snprintf(name, sizeof name, "checkpoint-%09lld.safetensors", static_cast<long long>(learner.progress().step));
  if (auto saved = saveFileSafely(folder / name, writer.write()); !saved) return saved;
  auto files = checkpointsIn(folder);
  for (std::size_t i = 0; i + kKept < files.size(); ++i) {
    std::error_code failed;
    std::filesystem::remove(files[i], failed);
    if (failed) log::warning("could not remove the old checkpoint " + files[i].string());
  }
  return {};
}

Result<Checkpoint> loadCheckpoint(const std::filesystem::path& path) {
  auto file = SafetensorsFile::load(path);
  if (!file) return file.error().withContext("The checkpoint “" + path.filename().string() + "” could not be read");
  const auto damaged = [&](const std::string& why) {
    return Error{ErrorCode::BadInput, "The checkpoint “" + path.filename().string() + "” cannot be used: " + why};
  };
  const auto text = file->metadata().find("about");
  if (text == file->metadata().end()) return damaged("it is not a checkpoint of a training run.");
  auto about = parseJson(text->second, "checkpoint");
  if (!about) return about.error();
  Checkpoint checkpoint;
  try {
    if (about->at("format") != kFormat) return damaged("it is of another version.");
    checkpoint.progress.step = about->at("step").get<std::int64_t>();
    checkpoint.progress.hours = about->at("hours").get<double>();
    checkpoint.progress.gradients = about->at("gradients").get<std::deque<double>>();
    checkpoint.dataHash = about->at("data").get<std::string>();
    checkpoint.card = about->at("card");
  } catch (const nlohmann::json::exception&) {
    return damaged("what it says about its run is incomplete.");
  }
  auto config = configFromJson((*about)["sizes"]);
  if (!config) return config.error();
  checkpoint.parts.config = *config;
  checkpoint.parts.specs = networkParameters(*config);
  const std::int64_t count = parameterCount(checkpoint.parts.specs);
  if (auto read = readConstants(*file, checkpoint.parts); !read) return damaged(read.error().message);
  for (const char* name : {"values", "average", "first", "second"}) {
    auto view = file->require(name, {count});
    if (!view) return damaged(view.error().message);
    const std::vector<float> values = view->toFloats();
    const at::Tensor array = checkpoint.parts.prior.mean.new_empty({count});  // float32 as the constants are
    std::copy(values.begin(), values.end(), array.data_ptr<float>());
    checkpoint.arrays[name] = array;
  }
  checkpoint.parts.values = checkpoint.arrays["values"];
  return checkpoint;
}

std::optional<std::filesystem::path> newestCheckpoint(const std::filesystem::path& folder) {
  const auto files = checkpointsIn(folder);
  if (files.empty()) return std::nullopt;
  return files.back();
}

void restore(Learner& learner, const Checkpoint& checkpoint) {
  for (auto& [name, tensor] : learner.arrays()) tensor.copy_(checkpoint.arrays.at(name));
  learner.progress() = checkpoint.progress;
}

}  // namespace kinescore
