#include "engine/storage/gem_conversion.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <set>

#include <nlohmann/json.hpp>

#include "engine/core/printable.h"
#include "engine/storage/safetensors_stream.h"

namespace kinescore {
namespace fs = std::filesystem;
namespace {

using Shape = std::vector<std::int64_t>;

constexpr const char* kArchitecture = "gem";
constexpr std::int64_t kWidestNetwork = 4096;
constexpr int kMostLayers = 512;
constexpr std::string_view kWrapper = "model.";

/// What the training code saves with a model although the network has no part of it.
constexpr std::string_view kLeftovers[] = {"pipeline.endecoder.", "pipeline.denoiser3d.endecoder.", "endecoder.",
                                           "body_model.", "feature_extractor."};

Error refuse(const std::string& why) {
  return {ErrorCode::BadInput, "This checkpoint cannot be converted: " + why + "."};
}

std::string shapeText(const Shape& shape) {
  std::string text = "[";
  for (const std::int64_t n : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(n);
  return text + "]";
}

std::string inQuotes(std::string_view name) { return "“" + printable(name) + "”"; }

/// Where each name of the checkpoint, freed of what was put before it, is in its list.
class NamedTensors {
 public:
  explicit NamedTensors(const std::vector<ArchiveTensor>& tensors) : tensors_(tensors) {
    const bool isWrapped = std::all_of(tensors.begin(), tensors.end(),
                                       [](const ArchiveTensor& t) { return t.name.starts_with(kWrapper); });
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const std::string_view name = tensors[i].name;
      places_.emplace(name.substr(isWrapped ? kWrapper.size() : 0), i);
    }
  }

  /// The place of one of our names: as it is, or where else checkpoints have it.
  [[nodiscard]] std::optional<std::size_t> find(const std::string& name) const {
    for (const std::string& candidate : namesOf(name)) {
      if (const auto found = places_.find(candidate); found != places_.end()) return found->second;
    }
    return std::nullopt;
  }

  /// A name inside the denoiser may stand without its prefix, any other one with it.
  static std::vector<std::string> namesOf(const std::string& name) {
    if (name.starts_with(kGemDenoiserPrefix)) return {name, name.substr(kGemDenoiserPrefix.size())};
    return {name, std::string(kGemDenoiserPrefix) + name};
  }

  [[nodiscard]] const ArchiveTensor& at(std::size_t place) const { return tensors_[place]; }
  [[nodiscard]] const std::map<std::string, std::size_t, std::less<>>& places() const { return places_; }

 private:
  const std::vector<ArchiveTensor>& tensors_;
  std::map<std::string, std::size_t, std::less<>> places_;
};

/// The number of layers is one more than the highest number behind "blocks.".
int layersIn(const NamedTensors& named) {
  int layers = 0;
  for (const auto& [name, place] : named.places()) {
    std::string_view rest = name;
    if (rest.starts_with(kGemDenoiserPrefix)) rest.remove_prefix(kGemDenoiserPrefix.size());
    if (!rest.starts_with("blocks.")) continue;
    rest.remove_prefix(7);
    int layer = -1;
    const auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), layer);
    if (failed == std::errc() && end != rest.data() + rest.size() && *end == '.' && layer >= 0)
      layers = std::max(layers, std::min(layer, kMostLayers) + 1);
  }
  return layers;
}

/// The sizes that one tensor and the names tell; that all others agree is checked afterwards.
Result<GemSizes> sizesOf(const NamedTensors& named, const GemConversionOptions& options) {
  const std::string fusion = std::string(kGemDenoiserPrefix) + "add_cond_linear.weight";
  const auto place = named.find(fusion);
  if (!place) return refuse("it is none of GEM, it has no tensor “add_cond_linear.weight”");
  const Shape& shape = named.at(*place).shape;
  if (shape.size() != 2 || shape[0] < 1 || shape[0] > kWidestNetwork || shape[1] != shape[0] + kGemMotionChannels) {
    return refuse("“add_cond_linear.weight” has the shape " + shapeText(shape) + " and not [width, width + 151]");
  }
  GemSizes sizes;
  sizes.width = static_cast<int>(shape[0]);
  sizes.layers = layersIn(named);
  if (sizes.layers < 1 || sizes.layers > kMostLayers)
    return refuse("it has " + std::to_string(sizes.layers) + " or more layers");
  const bool hasText = std::any_of(named.places().begin(), named.places().end(), [](const auto& entry) {
    return entry.first.find("text_encoder_layers.") != std::string::npos ||
           entry.first.find("embed_text.") != std::string::npos;
  });
  sizes.wiring = hasText ? GemWiring::Full : GemWiring::Regression;
  if (options.heads < 1 || sizes.width % (2 * options.heads) != 0) {
    return Error{ErrorCode::InvalidArgument, "A width of " + std::to_string(sizes.width) + " cannot be shared by " +
                                                 std::to_string(options.heads) +
                                                 " heads of even width; tell the right number with --heads."};
  }
  return sizes;
}

bool isLeftover(std::string_view name) {
  return std::any_of(std::begin(kLeftovers), std::end(kLeftovers),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

/// What the checkpoint holds beyond GEM: leftovers are noted, anything else is refused or, if asked for, noted.
Status checkExtra(const NamedTensors& named, const std::vector<GemTensor>& known, const GemConversionOptions& options,
                  GemPlan& plan) {
  std::set<std::string, std::less<>> names;
  for (const GemTensor& tensor : known) {
    for (std::string& name : NamedTensors::namesOf(tensor.name)) names.insert(std::move(name));
  }
  std::size_t leftovers = 0, extra = 0;
  std::string first;
  for (const auto& [name, place] : named.places()) {
    if (names.contains(name)) continue;
    if (isLeftover(name)) {
      ++leftovers;
      continue;
    }
    if (extra++ == 0) first = name;
  }
  if (leftovers > 0)
    plan.notes.push_back(std::to_string(leftovers) +
                         " tensors of the training code's body model and codec were left out.");
  if (extra == 0) return {};
  const std::string what = std::to_string(extra) + (extra == 1 ? " tensor" : " tensors") + " that " +
                           nameOf(plan.sizes.wiring) + " does not have, the first is " + inQuotes(first);
  if (!options.leaveOutExtra)
    return refuse("it has " + what + "; if you know that they are not needed, leave them out with --leave-out-extra");
  plan.notes.push_back("Left out: " + what + ".");
  return {};
}

/// Numbers of any of the usual kinds as float32.
Result<std::vector<float>> floatsOf(const TorchArchive& archive, const ArchiveTensor& tensor) {
  Result<std::string> bytes = archive.read(tensor);
  if (!bytes) return bytes.error();
  std::vector<float> values = TensorView{tensor.type, tensor.shape, *bytes}.toFloats();
  const auto bad = std::find_if(values.begin(), values.end(), [](float v) { return !std::isfinite(v); });
  if (bad != values.end()) {
    return refuse(inQuotes(tensor.name) + " holds a number that is not finite, at element " +
                  std::to_string(bad - values.begin()));
  }
  return values;
}

/// Things that would not stop the network but spoil what it makes.
class NumberWatch {
 public:
  explicit NumberWatch(const GemSizes& sizes) : width_(sizes.width) {}

  Status look(const GemTensor& tensor, const std::vector<float>& values) {
    if (tensor.name.ends_with(".running_var") &&
        std::any_of(values.begin(), values.end(), [](float v) { return v < 0; })) {
      return refuse(inQuotes(tensor.name) + " holds a variance below zero");
    }
    if (tensor.name.find(".gate_") != std::string::npos) {
      hasOpenGate_ = hasOpenGate_ || std::any_of(values.begin(), values.end(), [](float v) { return v != 0; });
    }
    if (tensor.role == GemRole::PositionTable) tableDiffers_ = differsFromSinusoids(values);
    return {};
  }

  void addNotes(std::vector<std::string>& notes) const {
    if (!hasOpenGate_) notes.push_back("All gates are zero: this network was never trained.");
    if (tableDiffers_) notes.push_back("The table of positions is not the usual one of sines and cosines.");
  }

 private:
  /// Within what half precision leaves of it; [5000][1][width], sine and cosine in turn.
  bool differsFromSinusoids(const std::vector<float>& table) const {
    constexpr double kTolerance = 5e-3;
    for (int row = 0; row < kGemPositions; row += 37) {
      for (int column = 0; column < width_; ++column) {
        const double angle = row * std::pow(10000.0, -double(column - column % 2) / width_);
        const double expected = column % 2 == 0 ? std::sin(angle) : std::cos(angle);
        if (std::abs(table[std::size_t(row) * std::size_t(width_) + std::size_t(column)] - expected) > kTolerance)
          return true;
      }
    }
    return false;
  }

  int width_;
  bool hasOpenGate_ = false, tableDiffers_ = false;
};

std::string cardOf(const GemPlan& plan, const GemConversionOptions& options, const TorchArchive& archive,
                   const std::string& sourceHash, const std::string& hash) {
  nlohmann::json source = {{"file", printable(archive.file().name())}, {"sha256", sourceHash}};
  for (const char* number : {"epoch", "global_step"}) {
    if (const auto value = archive.numberOf(number)) source[number] = *value;
  }
  const nlohmann::json card = {
      {"architecture", kArchitecture},
      {"wiring", nameOf(plan.sizes.wiring)},
      {"sizes", {{"width", plan.sizes.width}, {"layers", plan.sizes.layers}, {"heads", options.heads}}},
      {"text", plan.sizes.wiring == GemWiring::Full},
      {"tensors", plan.tensors.size()},
      {"parameters", parameterCount(plan.tensors)},
      {"sha256", hash},
      {"source", source},
      {"licence", gemLicenceNote()}};
  return card.dump(1) + "\n";
}

Status checkOutput(const fs::path& output, const fs::path& card) {
  if (output.extension() != ".safetensors") {
    return Error{ErrorCode::InvalidArgument, "“" + output.string() + "” must end in .safetensors."};
  }
  for (const fs::path& file : {output, card}) {
    std::error_code ignored;
    if (!fs::exists(fs::symlink_status(file, ignored))) continue;
    return Error{ErrorCode::InvalidArgument,
                 "“" + file.string() + "” is there already; choose another name or remove it first."};
  }
  return {};
}

}  // namespace

Result<GemPlan> planGemConversion(const std::vector<ArchiveTensor>& tensors, const GemConversionOptions& options) {
  const NamedTensors named(tensors);
  const Result<GemSizes> sizes = sizesOf(named, options);
  if (!sizes) return sizes.error();
  GemPlan plan;
  plan.sizes = *sizes;
  const std::vector<GemTensor> known = gemTensors(*sizes);
  std::optional<std::size_t> anyTable;  // one of the copies does where the table itself is missing
  std::size_t missing = 0;
  std::string firstMissing;
  for (const GemTensor& tensor : known) {
    const auto place = named.find(tensor.name);
    if (place && named.at(*place).shape != tensor.shape) {
      return refuse(inQuotes(tensor.name) + " has the shape " + shapeText(named.at(*place).shape) + " where " +
                    shapeText(tensor.shape) + " was expected for " + nameOf(sizes->wiring) + " of width " +
                    std::to_string(sizes->width));
    }
    if (tensor.role == GemRole::Counter) continue;
    if (tensor.role == GemRole::TableCopy || tensor.role == GemRole::PositionTable) {
      if (place && (!anyTable || tensor.role == GemRole::PositionTable)) anyTable = place;
      continue;
    }
    if (!place && missing++ == 0) firstMissing = tensor.name;
    if (!place) continue;
    plan.sourceOf[tensor.name] = *place;
    plan.tensors.push_back(tensor);
  }
  if (missing > 0) {
    return refuse(std::to_string(missing) + (missing == 1 ? " tensor is" : " tensors are") + " missing for " +
                  nameOf(sizes->wiring) + ", the first is " + inQuotes(firstMissing));
  }
  if (!anyTable) return refuse("the table of positions “sequence_pos_encoder.pe” is missing");
  const std::string table(kGemPositionTable);
  plan.sourceOf[table] = *anyTable;
  plan.tensors.push_back(
      *std::find_if(known.begin(), known.end(), [&](const GemTensor& t) { return t.name == table; }));
  if (Status extra = checkExtra(named, known, options, plan); !extra) return extra.error();
  return plan;
}

Result<GemConversionSummary> convertGemCheckpoint(const fs::path& checkpoint, const fs::path& output,
                                                  const GemConversionOptions& options,
                                                  const ConversionProgress& progress, std::stop_token stop) {
  const fs::path cardFile = fs::path(output).replace_extension(".json");
  if (Status free = checkOutput(output, cardFile); !free) return free.error();
  const auto goOn = [&](std::string_view doing) {
    return [&, doing](double fraction) {
      if (progress) progress(doing, fraction);
      return !stop.stop_requested();
    };
  };
  const Result<TorchArchive> archive = TorchArchive::open(checkpoint);
  if (!archive) return archive.error();
  Result<GemPlan> plan = planGemConversion(archive->tensors(), options);
  if (!plan) return plan.error();
  const Result<std::string> sourceHash = sha256OfFile(archive->file(), goOn("Hashing"));
  if (!sourceHash) return sourceHash.error();

  std::vector<TensorPlace> places;
  std::map<std::string, const GemTensor*> byName;
  for (const GemTensor& tensor : plan->tensors) {
    places.push_back({tensor.name, ElementType::F32, tensor.shape});
    byName[tensor.name] = &tensor;
  }
  Result<SafetensorsOutput> file = SafetensorsOutput::create(
      output, std::move(places),
      {{"architecture", kArchitecture},
       {"wiring", nameOf(plan->sizes.wiring)},
       {"num_heads", std::to_string(options.heads)}});
  if (!file) return file.error();
  NumberWatch watch(plan->sizes);
  const std::vector<TensorPlace>& order = file->tensors();
  for (const TensorPlace& place : order) {
    if (!goOn("Converting")(double(place.begin) / double(order.back().end)))
      return Error{ErrorCode::Cancelled, "Stopped."};
    const Result<std::vector<float>> values = floatsOf(*archive, archive->tensors()[plan->sourceOf.at(place.name)]);
    if (!values) return values.error();
    if (Status good = watch.look(*byName.at(place.name), *values); !good) return good.error();
    const std::string_view bytes(reinterpret_cast<const char*>(values->data()), values->size() * sizeof(float));
    if (Status written = file->append(bytes); !written) return written.error();
  }
  watch.addNotes(plan->notes);
  const Result<std::string> hash = file->finish(goOn("Checking"));
  if (!hash) return hash.error();
  if (Status saved = saveFileSafely(cardFile, cardOf(*plan, options, *archive, *sourceHash, *hash)); !saved)
    return saved.error();
  std::error_code ignored;
  return GemConversionSummary{plan->sizes,
                              archive->tensors().size(),
                              plan->tensors.size(),
                              parameterCount(plan->tensors),
                              static_cast<std::uint64_t>(fs::file_size(output, ignored)),
                              std::move(plan->notes),
                              output,
                              cardFile};
}

std::string gemLicenceNote() {
  return "The terms of the GEM checkpoint were not stated where it is published; treat it as for research only, do not "
         "pass it on, and ask its "
         "publisher before any other use.";
}

}  // namespace kinescore
