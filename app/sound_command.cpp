#include "app/sound_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/sensed_options.h"
#include "app/terminal.h"
#include "engine/core/files.h"
#include "engine/media/sound_features.h"
#include "engine/storage/npz.h"
#include "engine/timeline/json_fields.h"

namespace kinescore {
namespace {

int fail(const Error& error) {
  std::fprintf(stderr, "kinescore: %s\n", error.message.c_str());
  return exitCodeOf(error.code);
}

std::vector<float> floats(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

/// What `kinescore sound -o` writes, by name.
std::map<std::string, NpyArray> arraysOf(const HeardSound& heard, const MusicFeatures& music) {
  const auto list = [](std::vector<float> values) {
    return NpyArray{{std::int64_t(values.size())}, std::move(values)};
  };
  return {{"beats", list(floats(heard.beats))},
          {"downbeats", list(floats(heard.downbeats))},
          {"onset", list(heard.onset)},
          {"loudness", list(heard.loudness)},
          {"bands", {{heard.frames(), kHeardBands}, heard.bands}},
          {"music", {{music.frames, kMusicChannels}, music.values}}};
}

nlohmann::json jsonOf(const NpyArray& array) {
  nlohmann::json list = nlohmann::json::array();
  if (array.shape.size() == 1) {
    for (const float value : array.values) list.push_back(toJson(value));
    return list;
  }
  const auto width = std::size_t(array.shape[1]);
  for (std::size_t at = 0; at < array.values.size(); at += width) {
    nlohmann::json row = nlohmann::json::array();
    for (std::size_t i = 0; i < width; ++i) row.push_back(toJson(array.values[at + i]));
    list.push_back(std::move(row));
  }
  return list;
}

nlohmann::json summaryOf(const HeardSound& heard) {
  return {{"file", heard.file},
          {"seconds", heard.sound->seconds()},
          {"samplesPerSecond", heard.sound->rate},
          {"beatsPerMinute", heard.beatsPerMinute},
          {"beatsPerBar", heard.beatsPerBar},
          {"beats", heard.beats},
          {"downbeats", heard.downbeats}};
}

Status writeArrays(const SoundCommandOptions& options, const HeardSound& heard, const MusicFeatures& music) {
  const std::map<std::string, NpyArray> arrays = arraysOf(heard, music);
  if (options.output.extension() == ".npz") return saveFileSafely(options.output, writeNpz(arrays));
  nlohmann::json json = summaryOf(heard);
  for (const auto& [name, array] : arrays) {
    if (!json.contains(name)) json[name] = jsonOf(array);
  }
  return saveFileSafely(options.output, json.dump() + "\n");
}

void print(const HeardSound& heard) {
  std::printf("%s: %.1f s, %d samples a second\n", heard.file.c_str(), heard.sound->seconds(), heard.sound->rate);
  if (heard.beatsPerMinute <= 0) {
    std::printf("No beat is heard.\n");
    return;
  }
  const std::string bars =
      heard.beatsPerBar > 0 ? "bars of " + std::to_string(heard.beatsPerBar) : "bars cannot be told";
  std::printf("%.1f beats a minute, %zu beats, %s\n", heard.beatsPerMinute, heard.beats.size(), bars.c_str());
  for (std::size_t i = 0; i < heard.beats.size(); ++i) {
    const bool isFirst =
        std::find(heard.downbeats.begin(), heard.downbeats.end(), heard.beats[i]) != heard.downbeats.end();
    std::printf("%zu\t%.3f%s\n", i + 1, heard.beats[i], isFirst ? "\tbar" : "");
  }
}

int run(const SoundCommandOptions& options) {
  const std::string ending = options.output.extension().string();
  if (!options.output.empty() && ending != ".npz" && ending != ".json") {
    return fail({ErrorCode::InvalidArgument, "“" + options.output.string() + "” must end in .npz or .json."});
  }
  InterruptGuard interrupt;
  const auto heard = listenWithLine(options.input, interrupt.token());
  if (!heard) return fail(heard.error());
  if (!options.output.empty()) {
    LiveLine line;
    const auto music = musicFeatures(
        *(*heard)->sound, [&](double done) { line.show("Music features", done); }, interrupt.token());
    line.finish();
    if (!music) return fail(music.error());
    if (const Status written = writeArrays(options, **heard, *music); !written) return fail(written.error());
  }
  if (options.json)
    std::printf("%s\n", summaryOf(**heard).dump(1).c_str());
  else
    print(**heard);
  return 0;
}

}  // namespace

void addSoundCommand(CLI::App& app, SoundCommandOptions& o) {
  CLI::App* command = app.add_subcommand(
      "sound", "What is heard in a recording: tempo, beats, bars; and the arrays that models are given of it");
  command->add_option("file", o.input, "A sound or video file")->required();
  command->add_option("-o,--output", o.output,
                      "Arrays to write, .npz or .json: beats, what is heard at each frame, the 35 music features");
  command->add_flag("--json", o.json, "Print what is heard as JSON");
  command->callback([&o] { o.exitCode = run(o); });
}

}  // namespace kinescore
