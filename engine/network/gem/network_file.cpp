#include "engine/network/gem/network_file.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "engine/network/gem/caption_features.h"
#include "engine/network/weights.h"
#include "engine/storage/json.h"

namespace kinescore::gem {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kCardLimitBytes = 1u << 20;

/// PyTorch writes ZIP archives, and before that bare pickles.
bool isCheckpoint(const fs::path& path, const InputFile& file) {
  for (const char* ending : {".ckpt", ".pt", ".pth", ".bin"}) {
    if (path.extension() == ending) return true;
  }
  std::array<char, 4> start{};
  if (file.size() < start.size() || !file.readAt(0, start)) return false;
  return std::string_view(start.data(), start.size()) == std::string_view("PK\x03\x04", 4);
}

bool isInLayer(const std::string& name) {
  const std::string denoiser = kDenoiserPrefix;
  return name.starts_with(denoiser + "blocks.") ||
         name.starts_with(denoiser + "text_encoder_layers.");
}

/// A block of a layer, which is read by itself; what is in none is read first and together.
std::string partOf(const std::string& name) {
  if (!isInLayer(name)) return {};
  const std::size_t number = name.find('.', std::string_view(kDenoiserPrefix).size()) + 1;
  return name.substr(0, name.find('.', number));
}

bool isMatrix(const std::vector<std::int64_t>& shape) {
  return shape.size() == 2;
}

std::uint64_t elements(const std::vector<std::int64_t>& shape) {
  std::uint64_t count = 1;
  for (const std::int64_t n : shape) count *= std::uint64_t(n);
  return count;
}

/// What the card says the file's SHA-256 is; nothing without a card.
Result<std::string> hashOfCard(const fs::path& weights) {
  const fs::path card = cardPath(weights);
  std::error_code ignored;
  if (!fs::exists(card, ignored)) return std::string();
  const Result<std::string> text = readFile(card, kCardLimitBytes);
  if (!text) return text.error();
  const Result<nlohmann::json> json = parseJson(*text, "card “" + card.filename().string() + "”");
  if (!json) return json.error();
  if (!json->is_object() || !json->contains("sha256") || !(*json)["sha256"].is_string())
    return std::string();
  return (*json)["sha256"].get<std::string>();
}

}  // namespace

Result<NetworkFile> NetworkFile::open(const fs::path& path) {
  const std::string who = "“" + path.filename().string() + "”";
  const Result<InputFile> raw = InputFile::open(path);
  if (!raw) return raw.error();
  if (isCheckpoint(path, *raw)) {
    return Error{ErrorCode::BadInput,
                 who +
                     " is a PyTorch checkpoint; make a file that the engine loads with “kinescore "
                     "weights convert " +
                     path.filename().string() + " -o " + path.stem().string() + ".safetensors”."};
  }
  Result<SafetensorsOnDisk> opened = SafetensorsOnDisk::open(path);
  if (!opened) return opened.error();
  NetworkFile file;
  file.path_ = path;
  file.file_ = std::make_unique<SafetensorsOnDisk>(*std::move(opened));
  file.source_ = sourceOf(*file.file_);
  const Result<Config> config = configOfWeights(file.source_);
  if (!config) return config.error().withContext(who);
  file.config_ = *config;
  if (Status checked = checkWeights(file.source_, *config); !checked)
    return checked.error().withContext(who);
  return file;
}

std::string NetworkFile::textEncoder() const {
  const auto note = source_.notes.find(kTextEncoderNote);
  return note == source_.notes.end() ? std::string() : note->second;
}

std::uint64_t NetworkFile::weightBytes(at::ScalarType layerType) const {
  const std::uint64_t ofLayers = at::elementSize(layerType);
  std::uint64_t bytes = 0;
  for (const auto& [name, shape] : source_.shapes) {
    if (isIgnoredTensor(name)) continue;
    bytes += elements(shape) * (isInLayer(name) && isMatrix(shape) ? ofLayers : sizeof(float));
  }
  return bytes;
}

std::uint64_t NetworkFile::loadingBytes() const {
  std::map<std::string, std::uint64_t> parts;
  for (const auto& [name, shape] : source_.shapes) {
    if (!isIgnoredTensor(name)) parts[partOf(name)] += sizeof(float) * elements(shape);
  }
  std::uint64_t largest = 0;
  for (const auto& [part, bytes] : parts) largest = std::max(largest, bytes);
  return 2 * largest;
}

Result<std::string> NetworkFile::hash(const GoOn& goOn) const {
  const Result<std::string> told = hashOfCard(path_);
  if (!told) return told.error();
  const Result<InputFile> file = InputFile::open(path_);
  if (!file) return file.error();
  Result<std::string> found = sha256OfFile(*file, goOn);
  if (found && !told->empty() && *told != *found) {
    return Error{ErrorCode::BadInput, "“" + path_.filename().string() +
                                          "” is not the file that its card “" +
                                          cardPath(path_).filename().string() +
                                          "” tells of; convert the checkpoint again."};
  }
  return found;
}

Result<Denoiser> NetworkFile::load(at::Device device, at::ScalarType layerType,
                                   const GoOn& goOn) const {
  const double all = double(weightBytes(at::kFloat));
  double done = 0;
  const WeightsOfPart part = [&](const std::string& prefix) -> Result<ParameterMap> {
    if (goOn && !goOn(std::min(1.0, done / all))) return Error{ErrorCode::Cancelled, "Stopped."};
    Result<ParameterMap> weights = readWeights(source_, config_, [&](const std::string& name) {
      return prefix.empty() ? !isInLayer(name) : name.starts_with(prefix);
    });
    if (!weights) return weights;
    for (auto& [name, tensor] : *weights) {
      done += double(tensor.nbytes());
      tensor = tensor.to(device);
    }
    return weights;
  };
  return Denoiser::load(config_, part, layerType);
}

}  // namespace kinescore::gem
