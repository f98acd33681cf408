#include "engine/train/run_checkpoint.h"

#include <algorithm>
#include <cstdio>

#include "engine/core/files.h"
#include "engine/core/log.h"
#include "engine/network/tensor_files.h"

namespace kinescore {
namespace {

constexpr int kKept = 3;
constexpr std::string_view kPrefix = "checkpoint-", kSuffix = ".safetensors";

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

Error damagedCheckpoint(const std::filesystem::path& path, const std::string& why) {
  return {ErrorCode::BadInput, "The checkpoint “" + path.filename().string() + "” cannot be used: " + why};
}

Status saveRunCheckpoint(const std::filesystem::path& folder, const std::string& format, const nlohmann::json& sizes,
                         FlatLearner& learner, const std::string& dataHash, const nlohmann::json& card,
                         const std::function<void(SafetensorsWriter&)>& addMore) {
  SafetensorsWriter writer;
  nlohmann::json about;
  about["format"] = format;
  about["sizes"] = sizes;
  about["step"] = learner.progress().step;
  about["hours"] = learner.progress().hours;
  about["gradients"] = learner.progress().gradients;
  about["data"] = dataHash;
  about["card"] = card;
  writer.setMetadata("about", about.dump());
  for (const auto& [name, tensor] : learner.arrays()) writer.addFloats(name, {tensor.numel()}, floatsOf(tensor));
  if (addMore) addMore(writer);
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

Result<OpenRunCheckpoint> openRunCheckpoint(const std::filesystem::path& path, const std::string& format) {
  auto file = SafetensorsFile::load(path);
  if (!file) return file.error().withContext("The checkpoint “" + path.filename().string() + "” could not be read");
  const auto text = file->metadata().find("about");
  if (text == file->metadata().end()) return damagedCheckpoint(path, "it is not a checkpoint of a training run.");
  auto about = parseJson(text->second, "checkpoint");
  if (!about) return about.error();
  RunCheckpoint run;
  try {
    if (about->at("format") != format) {
      return damagedCheckpoint(path, "it is of another version or of another kind of network.");
    }
    run.progress.step = about->at("step").get<std::int64_t>();
    run.progress.hours = about->at("hours").get<double>();
    run.progress.gradients = about->at("gradients").get<std::deque<double>>();
    run.dataHash = about->at("data").get<std::string>();
    run.card = about->at("card");
  } catch (const nlohmann::json::exception&) {
    return damagedCheckpoint(path, "what it says about its run is incomplete.");
  }
  return OpenRunCheckpoint{path, std::move(*file), (*about)["sizes"], std::move(run)};
}

Status readRunArrays(OpenRunCheckpoint& open, std::int64_t count) {
  for (const char* name : {"values", "average", "first", "second"}) {
    auto array = readTensor(open.file, name, {count});
    if (!array) return damagedCheckpoint(open.path, array.error().message);
    open.run.arrays[name] = *array;
  }
  return {};
}

std::optional<std::filesystem::path> newestCheckpoint(const std::filesystem::path& folder) {
  const auto files = checkpointsIn(folder);
  if (files.empty()) return std::nullopt;
  return files.back();
}

void restoreRun(FlatLearner& learner, const RunCheckpoint& run) {
  for (auto& [name, tensor] : learner.arrays()) tensor.copy_(run.arrays.at(name));
  learner.progress() = run.progress;
}

}  // namespace kinescore
