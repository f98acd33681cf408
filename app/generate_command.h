// `kinescore generate`: a project, or prompts typed on the command line, performed and written to
// files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/part_options.h"
#include "engine/media/heard_sound.h"
#include "engine/request/request.h"

namespace kinescore {

struct GenerateOptions {
  std::filesystem::path project;           // empty: made from `texts`
  std::vector<std::string> texts;          // "0-3s: walk forward"
  std::filesystem::path pathFile;          // JSON, "path" of the ad-hoc project
  std::string beats;                       // "120" or "120@0.5": a minute, and where the first is, seconds
  std::string music;                       // a recording, "song.mp3" or "song.mp3@12.5": its second at the start
  SoundKind soundKind = SoundKind::Auto;   // of recordings whose clips do not say it
  std::filesystem::path keypoints;         // folder of OpenPose files: what a camera saw
  std::string keypointOrder = "body25", camera;  // "1920x1080" or "1920x1080,f=1500"
  double keypointRate = 30;
  std::optional<double> seconds;           // length of the ad-hoc project
  std::string rate = "30";                 // of the ad-hoc project and of exports of it
  std::vector<std::filesystem::path> outputs;
  PartWishes parts;                        // empty: all
  std::optional<std::uint64_t> seed;
  int takes = 1;
  std::optional<Quality> quality;
  std::optional<int> steps;                // these four in place of the project's
  std::optional<double> guidance;
  std::optional<Sampler> sampler;
  std::optional<std::string> avoid;
  DeviceChoice device = DeviceChoice::Auto;
  int threads = 0;
  std::optional<int> references;           // found for each prompt; the project's if absent
  std::vector<std::string> pins;           // "clip@1-3s: walk forward", beside the project's
  std::vector<std::string> forbidden;      // clips, beside the project's
  std::string draft;                       // a BVH file, or the number of a take of the project; the project's if empty
  bool save = true;                        // the take into the project
  bool json = false;
  bool meters = false;
  std::filesystem::path weights;           // of Kinescore; empty: those that ship
  std::string model;                       // as modelNamed() has it; empty: Kinescore with `weights`
  std::filesystem::path textModel;         // T5-3B for GEM; empty: where it usually lies
};

/// Prints to stdout, progress and problems to stderr; returns the exit code.
int runGenerate(const GenerateOptions& options);

}  // namespace kinescore
