// How well beats are found in real recordings: shared/data/audio with its annotated beats (KINESCORE_DATA, else
// ../shared/data beside the sources). With KINESCORE_WRITE_BEATS=<path> the figures are written as a table.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "engine/core/files.h"
#include "engine/media/heard_sound.h"
#include "engine/media/sound_features.h"
#include "engine/media/sound_file.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

constexpr double kWithin = 0.07, kLoopSeconds = 30;

fs::path audioFolder() {
  const char* data = std::getenv("KINESCORE_DATA");
  return (data != nullptr ? fs::path(data) : fs::path(KINESCORE_SOURCE_DIR) / "../shared/data") / "audio";
}

struct Truth {
  std::vector<double> beats, downbeats;
};
Truth readTruth(const fs::path& file, bool isLoop) {
  Truth truth;
  std::ifstream text(file);
  std::string line;
  bool isBody = false;
  for (int i = 0; std::getline(text, line);) {
    if (line.starts_with("beat_index"))
      isBody = true;
    else if (isBody && !line.empty() && std::isdigit(static_cast<unsigned char>(line[0])) != 0) {
      std::stringstream fields(line);
      std::string index, time, downbeat;
      std::getline(fields, index, ',');
      std::getline(fields, time, ',');
      std::getline(fields, downbeat, ',');
      truth.beats.push_back(std::stod(time));
      if (isLoop ? i % 4 == 0 : downbeat.starts_with('1')) truth.downbeats.push_back(truth.beats.back());
      ++i;
    }
  }
  return truth;
}

/// Twice the hits over what was found and what is there; a hit uses both up.
double fMeasure(const std::vector<double>& found, const std::vector<double>& wanted) {
  std::size_t hits = 0;
  for (std::size_t i = 0, j = 0; i < found.size() && j < wanted.size();) {
    if (std::abs(found[i] - wanted[j]) <= kWithin)
      ++hits, ++i, ++j;
    else if (found[i] < wanted[j])
      ++i;
    else
      ++j;
  }
  return found.empty() && wanted.empty() ? 1 : 2.0 * double(hits) / double(found.size() + wanted.size());
}

/// A loop is made to be repeated, and is too short to be heard alone.
void repeat(Sound& sound, Truth& truth) {
  const Sound once = sound;
  const Truth first = truth;
  while (sound.seconds() < kLoopSeconds) {
    const double start = sound.seconds();
    sound.samples.insert(sound.samples.end(), once.samples.begin(), once.samples.end());
    for (const double t : first.beats) truth.beats.push_back(start + t);
  }
  truth.downbeats.clear();
  for (std::size_t i = 0; i < truth.beats.size(); i += 4) truth.downbeats.push_back(truth.beats[i]);
}

std::vector<double> featureBeats(const MusicFeatures& music) {
  std::vector<double> beats;
  for (int f = 0; f < music.frames; ++f) {
    if (music.values[std::size_t(f) * kMusicChannels + kMusicBeat] == 1) beats.push_back(double(f) / 30);
  }
  return beats;
}

class BeatScoreTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(audioFolder() / "beats")) GTEST_SKIP() << "no recordings with annotated beats in KINESCORE_DATA";
    if (!decodesAllSound()) GTEST_SKIP() << "built without FFmpeg";
  }
};

TEST_F(BeatScoreTest, AnnotatedBeatsAreFound) {
  std::vector<fs::path> files;
  for (const char* folder : {"loops", "synthetic", "music"}) {
    for (const auto& entry : fs::directory_iterator(audioFolder() / folder)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::string table;
  double sum = 0, clearSum = 0, featureSum = 0;
  int count = 0, clear = 0;
  for (const fs::path& file : files) {
    const std::string name = file.stem().string();
    const fs::path beats = audioFolder() / "beats" / (name + ".csv");
    if (!fs::exists(beats)) continue;
    const bool isLoop = file.parent_path().filename() == "loops";
    // Their grid is certain, where in it the beat is felt is not (the folder's own notes).
    const bool isPhaseKnown = name != "loop_electric" && name != "loop_mehackit1" && name != "loop_perc2";
    Truth truth = readTruth(beats, isLoop);
    ASSERT_FALSE(truth.beats.empty()) << name;
    auto sound = std::make_shared<Sound>(**readSoundFile(file));
    if (isLoop) repeat(*sound, truth);
    const HeardSound heard = *hear(sound, name);
    const double f = fMeasure(heard.beats, truth.beats),
                 features = fMeasure(featureBeats(*musicFeatures(*sound)), truth.beats);
    const double true_ = 60 * double(truth.beats.size() - 1) / (truth.beats.back() - truth.beats.front());
    sum += f, featureSum += features, ++count;
    if (isPhaseKnown) clearSum += f, ++clear;
    char row[256], bars[32] = "not told";
    if (heard.beatsPerBar > 0) {
      if (truth.downbeats.empty())
        std::snprintf(bars, sizeof bars, "%d", heard.beatsPerBar);
      else
        std::snprintf(bars, sizeof bars, "%d, F %.2f", heard.beatsPerBar, fMeasure(heard.downbeats, truth.downbeats));
    }
    std::snprintf(row, sizeof row, "| %s%s | %.1f | %.1f | **%.3f** | %.3f | %s |\n", name.c_str(),
                  isPhaseKnown ? "" : " (phase uncertain)", true_, heard.beatsPerMinute, f, features, bars);
    table += row;
    if (name.starts_with("click")) {
      EXPECT_GE(f, 0.97) << name;
    }
  }
  std::printf("%s%d files: mean F %.3f (%.3f where the phase is certain: %d), beats of the music features %.3f\n",
              table.c_str(), count, sum / count, clearSum / clear, clear, featureSum / count);
  EXPECT_EQ(count, 16);
  EXPECT_GE(clearSum / clear, 0.80) << "worse than it was";
  EXPECT_GE(sum, featureSum) << "the plain tracker does better";
  if (const char* path = std::getenv("KINESCORE_WRITE_BEATS")) {
    const std::string head =
        "| recording | true tempo | heard | F | F of the features' beats | bars |\n|---|---:|---:|---:|---:|---|\n";
    EXPECT_TRUE(saveFileSafely(path, head + table));
  }
}

TEST_F(BeatScoreTest, NoBeatIsHeardInSpeech) {
  int checked = 0;
  for (const auto& entry : fs::directory_iterator(audioFolder() / "speech")) {
    if (entry.path().extension() != ".ogg") continue;
    EXPECT_EQ(hear(*readSoundFile(entry.path()), "speech")->beatsPerMinute, 0) << entry.path();
    ++checked;
  }
  EXPECT_EQ(checked, 3);
}

}  // namespace
}  // namespace kinescore
