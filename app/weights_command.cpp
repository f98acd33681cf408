#include "app/weights_command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>

#include <nlohmann/json.hpp>

#include "app/terminal.h"
#include "engine/core/files.h"
#include "engine/network/model_mean.h"
#include "engine/storage/gem_conversion.h"
#include "engine/storage/json.h"
#include "engine/storage/safetensors_stream.h"

namespace kinescore {
namespace {

int fail(const Error& error) {
  std::fprintf(stderr, "kinescore: %s\n", error.message.c_str());
  return exitCodeOf(error.code);
}

std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  for (std::ptrdiff_t at = std::ptrdiff_t(text.size()) - 3; at > 0; at -= 3) text.insert(std::size_t(at), ",");
  return text;
}

int runConvert(const WeightsCommandOptions& o) {
  GemConversionOptions options;
  if (o.heads > 0) options.heads = o.heads;
  options.leaveOutExtra = o.leaveOutExtra;
  if (SafetensorsOnDisk::open(o.input)) {
    return fail({ErrorCode::BadInput, "“" + o.input.filename().string() +
                                          "” is a safetensors file and no checkpoint; if it was converted before, "
                                          "use it as it is, with --model gem:FILE."});
  }
  InterruptGuard interrupt;
  LiveLine live;
  const auto progress = [&](std::string_view doing, double fraction) {
    live.show(std::string(doing) + " " + std::to_string(int(fraction * 100)) + " %", fraction);
  };
  const auto summary = convertGemCheckpoint(o.input, o.output, options, progress, interrupt.token());
  live.finish();
  if (!summary) return fail(summary.error());
  for (const std::string& note : summary->notes) std::fprintf(stderr, "%s\n", note.c_str());
  std::printf("%s: width %d, %d layers, %d heads, %s parameters\n%zu of %zu tensors, %.1f MiB: %s\ncard: %s\n%s\n",
              nameOf(summary->sizes.wiring), summary->sizes.width, summary->sizes.layers, options.heads,
              grouped(summary->parameters).c_str(), summary->tensorsWritten, summary->namesRead,
              double(summary->bytes) / (1 << 20), summary->weights.c_str(), summary->card.c_str(),
              gemLicenceNote().c_str());
  return 0;
}

/// How many tensors and elements a file has, in all and of each type.
class Census {
 public:
  void count(ElementType type, std::int64_t elements) {
    ++tensors_;
    elements_ += elements;
    ofType_[nameOf(type)] += elements;
  }
  [[nodiscard]] nlohmann::json json() const {
    return {{"tensors", tensors_}, {"elements", elements_}, {"elements_by_type", ofType_}};
  }

 private:
  std::int64_t tensors_ = 0, elements_ = 0;
  std::map<std::string, std::int64_t> ofType_;
};

Result<nlohmann::json> describeCheckpoint(const WeightsCommandOptions& o) {
  const Result<TorchArchive> archive = TorchArchive::open(o.input);
  if (!archive) return archive.error();
  Census census;
  for (const ArchiveTensor& tensor : archive->tensors()) census.count(tensor.type, tensor.elementCount());
  nlohmann::json json = census.json();
  json["format"] = "PyTorch checkpoint";
  json["beside_the_tensors"] = archive->otherEntries();
  const Result<GemPlan> plan = planGemConversion(archive->tensors(), {.leaveOutExtra = true});
  if (plan) {
    json["gem"] = {{"wiring", nameOf(plan->sizes.wiring)},
                   {"width", plan->sizes.width},
                   {"layers", plan->sizes.layers},
                   {"parameters", parameterCount(plan->tensors)},
                   {"notes", plan->notes}};
  } else {
    json["gem"] = plan.error().message;
  }
  return json;
}

Result<nlohmann::json> describeSafetensors(const WeightsCommandOptions& o) {
  const Result<SafetensorsOnDisk> file = SafetensorsOnDisk::open(o.input);
  if (!file) return file.error();
  Census census;
  for (const auto& [name, place] : file->tensors())
    census.count(place.type, std::int64_t((place.end - place.begin) / byteSizeOf(place.type)));
  nlohmann::json json = census.json();
  json["format"] = "safetensors";
  json["notes"] = file->metadata();
  const std::filesystem::path card = std::filesystem::path(o.input).replace_extension(".json");
  std::error_code ignored;
  if (!std::filesystem::exists(card, ignored)) return json;
  const Result<std::string> text = readFile(card, 1 << 20);
  if (!text) return text.error();
  Result<nlohmann::json> parsed = parseJson(*text, "card “" + card.filename().string() + "”");
  if (!parsed) return parsed.error();
  json["card"] = *std::move(parsed);
  return json;
}

int runInfo(const WeightsCommandOptions& o) {
  const Result<nlohmann::json> json =
      o.input.extension() == ".safetensors" ? describeSafetensors(o) : describeCheckpoint(o);
  if (!json) return fail(json.error());
  std::printf("%s\n", json->dump(1).c_str());
  return 0;
}

int runMean(const WeightsCommandOptions& o) {
  if (const Status written = writeMeanOfModels(o.input, o.second, o.share, o.output); !written) return fail(written.error());
  std::printf("written: %s\n", o.output.c_str());
  return 0;
}

}  // namespace

void addWeightsCommand(CLI::App& app, WeightsCommandOptions& o) {
  CLI::App* weights = app.add_subcommand(
      "weights", "Weights: a published checkpoint made into a file that the engine loads, what a file holds, means of two");
  weights->require_subcommand(1);

  CLI::App* convert = weights->add_subcommand(
      "convert", "Read a PyTorch checkpoint without running anything in it; write safetensors and a card");
  convert->add_option("checkpoint", o.input, "The published file, .ckpt or .pt")->required();
  convert->add_option("-o,--output", o.output, "File to write, .safetensors; its card ends in .json")->required();
  convert->add_option("--kind", o.kind, "What it is a checkpoint of: gem (default)")->check(CLI::IsMember({"gem"}));
  convert->add_option("--heads", o.heads, "Attention heads, which no file tells (default 8, as published)")
      ->check(CLI::Range(1, 256));
  convert->add_flag("--leave-out-extra", o.leaveOutExtra,
                    "Leave out tensors that the network does not have, instead of refusing the file");
  convert->callback([&o] { o.exitCode = runConvert(o); });

  CLI::App* info = weights->add_subcommand("info", "What a checkpoint or a safetensors file holds, as JSON");
  info->add_option("file", o.input, "A .ckpt, .pt or .safetensors file")->required();
  info->callback([&o] { o.exitCode = runInfo(o); });

  CLI::App* mean = weights->add_subcommand("mean", "The mean of two runs that went on from the same weights");
  mean->add_option("first", o.input, "Weights of our own network, .safetensors with their card")->required();
  mean->add_option("second", o.second, "Others of the same sizes")->required();
  mean->add_option("-o,--output", o.output, "File to write, .safetensors; its card ends in .json")->required();
  mean->add_option("--share", o.share, "Of the second in the mean (default 0.5)")->check(CLI::Range(0.0, 1.0));
  mean->callback([&o] { o.exitCode = runMean(o); });
}

}  // namespace kinescore
