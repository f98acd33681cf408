// Against arrays that librosa itself computed of the same samples (tests/data/sound/make_sounds.py).
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "engine/core/files.h"
#include "engine/media/chroma.h"
#include "engine/media/mel.h"
#include "engine/media/resample.h"
#include "engine/media/sound_features.h"
#include "engine/media/sound_file.h"
#include "engine/storage/npz.h"

namespace kinescore {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(KINESCORE_TEST_DATA_DIR) / "sound";

class MusicFeaturesTest : public testing::Test {
 protected:
  static const std::map<std::string, NpyArray>& expected() {
    static const std::map<std::string, NpyArray> arrays = *readNpz(*readFile(kFolder / "expected.npz"), "expected.npz");
    return arrays;
  }
  static const Sound& song() {
    static const std::shared_ptr<const Sound> sound = *readSoundFile(kFolder / "song.wav");
    return *sound;
  }
  static const MusicFeatures& features() {
    static const MusicFeatures music = *musicFeatures(song());
    return music;
  }
  /// Largest difference in some columns, over the frames [from, to).
  static double worst(int firstColumn, int columns, int from, int to) {
    const NpyArray& wanted = expected().at("music");
    double most = 0;
    for (int f = from; f < to; ++f) {
      for (int c = firstColumn; c < firstColumn + columns; ++c) {
        const std::size_t at = std::size_t(f) * kMusicChannels + c;
        most = std::max(most, std::abs(double(wanted.values[at]) - features().values[at]));
      }
    }
    return most;
  }
  static void expectNear(const std::vector<float>& got, const NpyArray& wanted, std::size_t from, std::size_t to,
                         double tolerance) {
    ASSERT_GE(got.size(), to);
    ASSERT_GE(wanted.values.size(), to);
    for (std::size_t i = from; i < to; ++i) ASSERT_NEAR(got[i], wanted.values[i], tolerance) << "sample " << i;
  }
};

TEST_F(MusicFeaturesTest, HaveAFrameATheThirtiethOfASecondAndOneMore) {
  EXPECT_EQ(expected().at("music").shape, (std::vector<std::int64_t>{features().frames, kMusicChannels}));
  EXPECT_EQ(features().frames, 1 + int(std::ceil(5.2 * kMusicRate)) / kMusicHop);
  EXPECT_EQ(features().values.size(), std::size_t(features().frames) * kMusicChannels);
}

TEST_F(MusicFeaturesTest, OnsetStrengthIsTheReferences) {
  EXPECT_LT(worst(kMusicOnset, 1, 0, features().frames), 2e-3);
}

// In dB summed over 128 bands: the reference rounds to single precision at every step, and its filter table is coarser.
// The last frames see where its resampler ends half a sample early.
TEST_F(MusicFeaturesTest, CepstraAreTheReferences) {
  EXPECT_LT(worst(kMusicMfcc, kMfccCount, 0, features().frames - 2), 0.05);
  double largest = 0;
  for (int f = 0; f < features().frames; ++f)
    largest = std::max(largest, std::abs(double(features().values[f * kMusicChannels + 1])));
  EXPECT_GT(largest, 100) << "the tolerance would not mean anything";
}

TEST_F(MusicFeaturesTest, TonesAreTheReferences) {
  EXPECT_LT(worst(kMusicChroma, kChromaTones, 0, features().frames), 1e-3);
}

TEST_F(MusicFeaturesTest, PeaksAndBeatsAreTheReferencesToTheFrame) {
  EXPECT_EQ(worst(kMusicPeak, 2, 0, features().frames), 0);
  EXPECT_NEAR(features().beatsPerMinute, expected().at("tempo").values[0], 1e-3);
  int peaks = 0, beats = 0;
  for (int f = 0; f < features().frames; ++f) {
    peaks += features().values[f * kMusicChannels + kMusicPeak] == 1;
    beats += features().values[f * kMusicChannels + kMusicBeat] == 1;
  }
  EXPECT_GT(peaks, 8);
  EXPECT_GT(beats, 5);
}

TEST_F(MusicFeaturesTest, ResamplingIsTheReferences) {
  const std::span<const float> part = std::span(song().samples).subspan(20000, 6000);
  const auto at15360 = resample(song().samples, song().rate, kMusicRate);
  expectNear({at15360.begin() + 2000, at15360.begin() + 6000}, expected().at("to_15360"), 0, 4000, 2e-4);
  const auto fromCd = resample(part, 44100, 15360);
  expectNear(fromCd, expected().at("from_44100_to_15360"), 0, fromCd.size() - 1, 2e-4);
  const auto speech = resample(part, 44100, kSpeechRate);
  expectNear(speech, expected().at("from_44100_to_18000"), 0, speech.size() - 1, 2e-4);
  const auto faster = resample(part, 8000, 15360);
  expectNear(faster, expected().at("from_8000_to_15360"), 0, faster.size() - 2, 2e-4);
  expectNear(resample(part, 2, 1, ResampleQuality::Fast), expected().at("halved_fast"), 0, 3000, 2e-4);
}

TEST_F(MusicFeaturesTest, MelBandsAreTheReferences) {
  const MelBank bank(kMusicRate, 2048, 128, 0, kMusicRate / 2.0);
  const NpyArray& wanted = expected().at("mel_weights");  // every sixteenth
  std::vector<float> bins(1025), bands(128);
  for (std::size_t bin = 0; bin < bins.size(); ++bin) {
    std::fill(bins.begin(), bins.end(), 0.0f);
    bins[bin] = 1;
    bank.apply(bins, bands);
    for (int b = 0; b < 128; b += 16)
      ASSERT_NEAR(bands[b], wanted.values[std::size_t(b / 16) * 1025 + bin], 1e-7) << b << " " << bin;
  }
}

TEST_F(MusicFeaturesTest, TuningIsFound) {
  // A tone 0.3 steps of a third of a semitone above concert pitch.
  const double hertz = 440 * std::exp2(0.3 / kTuningSteps);
  std::vector<float> tone(2 * kMusicRate);
  for (std::size_t i = 0; i < tone.size(); ++i)
    tone[i] = float(0.5 * std::sin(2 * std::numbers::pi * hertz * double(i) / kMusicRate));
  const Sound sound{kMusicRate, tone};
  const auto music = musicFeatures(sound);
  ASSERT_TRUE(music);
  // Only the tone A sounds.
  for (int t = 0; t < kChromaTones; ++t) {
    EXPECT_NEAR(music->values[30 * kMusicChannels + kMusicChroma + t], t == 9 ? 1 : 0, 1e-6) << t;
  }
}

TEST_F(MusicFeaturesTest, SilenceAndTinySoundsAreFeaturesToo) {
  for (const std::size_t samples : {std::size_t(1), std::size_t(100), std::size_t(kMusicRate)}) {
    const auto music = musicFeatures(Sound{kMusicRate, std::vector<float>(samples)});
    ASSERT_TRUE(music);
    EXPECT_EQ(music->frames, 1 + int(samples) / kMusicHop);
    EXPECT_EQ(music->beatsPerMinute, 0);
    for (const float v : music->values) ASSERT_TRUE(std::isfinite(v));
  }
}

TEST_F(MusicFeaturesTest, ListeningStopsWhenAsked) {
  std::stop_source source;
  source.request_stop();
  const auto music = musicFeatures(song(), {}, source.get_token());
  ASSERT_FALSE(music);
  EXPECT_EQ(music.error().code, ErrorCode::Cancelled);
}

TEST_F(MusicFeaturesTest, SpeechIsTheWaveformInWholeFrames) {
  const std::vector<float> speech = speechSamples(song());
  EXPECT_EQ(speech.size(), 156u * kSpeechSamplesPerFrame);  // 5.2 s
  const auto plain = resample(song().samples, song().rate, kSpeechRate);
  EXPECT_TRUE(std::equal(plain.begin(), plain.end(), speech.begin()));
  const std::vector<float> longer = speechSamples(Sound{kSpeechRate, std::vector<float>(601, 0.5f)});
  ASSERT_EQ(longer.size(), 1200u);
  EXPECT_EQ(longer[600], 0.5f);
  EXPECT_EQ(longer[601], 0.0f);
}

}  // namespace
}  // namespace kinescore
