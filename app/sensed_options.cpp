#include "app/sensed_options.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "app/terminal.h"
#include "engine/io/keypoint_folder.h"
#include "engine/request/build_request.h"

namespace kinescore {
namespace {

Error refuse(const std::string& sentence) { return {ErrorCode::InvalidArgument, sentence}; }

Result<PixelCamera> cameraFrom(const std::string& text) {
  PixelCamera camera;
  if (text.empty()) return camera;
  int read = 0;
  const bool hasSize = std::sscanf(text.c_str(), "%lfx%lf%n", &camera.width, &camera.height, &read) == 2;
  std::string rest = hasSize ? text.substr(std::size_t(read)) : std::string("?");
  if (!rest.empty()) {
    int end = 0;
    const bool hasFocal = std::sscanf(rest.c_str(), ",f=%lf%n", &camera.focal, &end) == 1;
    rest = hasFocal && camera.focal > 0 ? rest.substr(std::size_t(end)) : std::string("?");
  }
  const auto isSize = [](double v) { return v >= 16 && v <= 100000; };
  if (!rest.empty() || !isSize(camera.width) || !isSize(camera.height)) {
    return refuse("--camera “" + text + "” is no size of an image; write it as 1920x1080, or 1920x1080,f=1500.");
  }
  return camera;
}

std::string listeningWords(const std::string& name) { return "Listening to “" + name + "”"; }

}  // namespace

Result<RhythmRequest> rhythmFrom(const std::string& text, TimeRange span) {
  RhythmRequest rhythm;
  rhythm.span = span;
  double first = 0;
  int read = 0;
  bool right = std::sscanf(text.c_str(), "%lf%n", &rhythm.beatsPerMinute, &read) == 1;
  if (right && std::size_t(read) < text.size()) {
    int end = 0;
    right = std::sscanf(text.c_str() + read, "@%lf%n", &first, &end) == 1 && std::size_t(read + end) == text.size();
  }
  if (!right || !std::isfinite(first) || std::abs(first) > 3600) {
    return refuse("--beats “" + text + "” is no beat; write beats a minute, as in 120, or with the time of a first beat in seconds, 120@0.5.");
  }
  rhythm.firstBeat = ticksFromSeconds(first);
  return rhythm;
}

Result<std::shared_ptr<const HeardSound>> listenWithLine(const std::filesystem::path& file, std::stop_token stop) {
  LiveLine line;
  const std::string words = listeningWords(file.filename().string());
  return listenTo(file, [&](double done) { line.show(words, done); }, std::move(stop));
}

Result<HeardMusic> musicFrom(const std::string& text, std::stop_token stop) {
  HeardMusic music;
  std::string name = text;
  std::error_code ignored;
  const std::size_t at = text.rfind('@');
  if (at != std::string::npos && !std::filesystem::exists(text, ignored)) {
    name = text.substr(0, at);
    int read = 0;
    const std::string time = text.substr(at + 1);
    const bool right = std::sscanf(time.c_str(), "%lf%n", &music.start, &read) == 1 && std::size_t(read) == time.size();
    if (!right || !std::isfinite(music.start) || music.start < 0) {
      return refuse("--music “" + text + "”: after the @ comes a second of the recording, as in song.mp3@12.5.");
    }
  }
  auto sound = listenWithLine(name, std::move(stop));
  if (!sound) return sound.error();
  music.sound = *std::move(sound);
  if (music.secondsLeft() <= 0) {
    return refuse("--music “" + text + "” starts after the end of the recording, which is " +
                  std::to_string(int(music.secondsLeft() + music.start)) + " s long.");
  }
  return music;
}

Result<HeardClips> listenToClipsWithLine(const Timeline& timeline, const std::filesystem::path& folder,
                                         std::stop_token stop) {
  LiveLine line;
  SoundMemory memory;
  const auto show = [&](const std::string& name, double done) { line.show(listeningWords(name), done); };
  return listenToClips(soundFilesOf(timeline), folder, memory, show, std::move(stop));
}

Result<ViewRequest> viewFrom(const GenerateOptions& options) {
  const Result<PixelCamera> camera = cameraFrom(options.camera);
  if (!camera) return camera.error();
  if (!(options.keypointRate >= 1 && options.keypointRate <= 1000)) return refuse("--keypoints-rate must lie between 1 and 1000.");
  Result<std::vector<BodySight>> frames = readKeypointFolder(options.keypoints, *keypointOrderNamed(options.keypointOrder), *camera);
  if (!frames) return frames.error();
  const bool isEmpty = std::all_of(frames->begin(), frames->end(), [](const BodySight& s) {
    return std::all_of(s.confidence.begin(), s.confidence.end(), [](float c) { return c <= 0; });
  });
  if (isEmpty) return Error{ErrorCode::BadInput, "Nobody is seen in any frame of “" + options.keypoints.string() + "”."};
  ViewRequest view;
  view.framesPerSecond = options.keypointRate;
  view.span = {{0}, ticksFromSeconds(double(frames->size()) / options.keypointRate)};
  view.frames = *std::move(frames);
  return view;
}

}  // namespace kinescore
