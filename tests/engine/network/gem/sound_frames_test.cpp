#include "engine/network/gem/sound_frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/media/heard_sound.h"
#include "engine/media/sound_features.h"
#include "engine/media/sound_file.h"
#include "engine/network/gem/gem_generator.h"
#include "engine/network/gem/motion_vector.h"
#include "engine/request/build_request.h"
#include "tests/engine/network/gem/gem_files.h"

namespace kinescore::gem {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr double kSeconds = 5.2;  // of the song
constexpr std::int64_t kWidth = kMusicChannels;

TimeRange seconds(double from, double to) { return {ticksFromSeconds(from), ticksFromSeconds(to)}; }

std::shared_ptr<const HeardSound> heardOf(std::shared_ptr<const Sound> sound, const std::string& name) {
  return std::make_shared<const HeardSound>(*hear(std::move(sound), name));
}
/// The song of the tests of engine/media: a beat of 110 a minute.
const std::shared_ptr<const HeardSound>& song() {
  static const auto heard =
      heardOf(*readSoundFile(std::filesystem::path(KINESCORE_TEST_DATA_DIR) / "sound/song.wav"), "song.wav");
  return heard;
}
/// Four seconds of a tone that slowly swells and dies away, as different at each sample as possible.
const std::shared_ptr<const HeardSound>& swell() {
  static const auto heard = [] {
    auto sound = std::make_shared<Sound>();
    sound->rate = kSpeechRate;
    for (int i = 0; i < 4 * kSpeechRate; ++i) {
      const double t = double(i) / kSpeechRate;
      sound->samples.push_back(float(0.5 * (1 - std::cos(t * 1.57)) * std::sin(600 * t + 40 * t * t)));
    }
    return heardOf(sound, "swell.wav");
  }();
  return heard;
}

GenerationRequest moving(double length, std::vector<RhythmRequest> rhythms) {
  GenerationRequest request;
  request.span = seconds(0, length);
  request.rhythms = std::move(rhythms);
  request.quality = Quality::Draft;
  request.device = DeviceChoice::Cpu;
  return request;
}
SoundFrames read(const GenerationRequest& request) {
  Result<SoundFrames> frames = SoundReader().read(request, {});
  EXPECT_TRUE(frames) << frames.error().message;
  return *std::move(frames);
}
std::vector<float> rowsOf(const std::vector<float>& values, std::int64_t first, std::int64_t last, std::int64_t width) {
  return {values.begin() + first * width, values.begin() + last * width};
}
auto note(const std::string& sentence) { return Contains(Field(&ReportLine::sentence, HasSubstr(sentence))); }

TEST(GemSoundFrames, ABeatMakesMusicAndSilenceNothing) {
  EXPECT_EQ(heardAs(*song()), HeardAs::Music);
  EXPECT_EQ(heardAs(*swell()), HeardAs::Speech);
  auto silence = std::make_shared<Sound>();
  silence->rate = 8000;
  silence->samples.resize(16000);
  const auto silent = heardOf(silence, "silence.wav");
  EXPECT_EQ(heardAs(*silent), HeardAs::Nothing);
  const SoundFrames frames = read(moving(2, {rhythmOf(*silent, {0}, seconds(0, 2))}));
  EXPECT_THAT(frames.music, IsEmpty());
  EXPECT_THAT(frames.speech, IsEmpty());
  EXPECT_THAT(frames.notes, note("“silence.wav” was not heard"));
}

TEST(GemSoundFrames, TheAuthorMaySayWhatARecordingIs) {
  const HeardSound spoken = saidToBe(*song(), SoundKind::Speech), sung = saidToBe(*swell(), SoundKind::Music);
  EXPECT_THAT(spoken.beats, IsEmpty()) << "no foot is put onto a beat of speech";
  const SoundFrames speech = read(moving(2, {rhythmOf(spoken, {0}, seconds(0, 2))}));
  EXPECT_THAT(speech.music, IsEmpty());
  EXPECT_EQ(speech.speech, rowsOf(speechSamples(*spoken.sound), 0, 60, kSpeechSamplesPerFrame));
  EXPECT_THAT(speech.notes, note("“song.wav” was heard as speech"));
  const SoundFrames music = read(moving(2, {rhythmOf(sung, {0}, seconds(0, 2))}));
  EXPECT_THAT(music.speech, IsEmpty());
  EXPECT_EQ(music.music, rowsOf(musicFeatures(*sung.sound)->values, 0, 60, kWidth));
  EXPECT_THAT(music.notes, note("“swell.wav” was heard as music"));
  HeardSound silent = saidToBe(*swell(), SoundKind::Speech);
  silent.loudness.assign(silent.loudness.size(), 0);
  EXPECT_EQ(heardAs(silent), HeardAs::Nothing) << "where nothing sounds there is nothing to say";
}

// Each frame of the performance hears the row of the recording that lies there.
TEST(GemSoundFrames, MusicIsHeardWhereItLies) {
  const std::vector<float> rows = musicFeatures(*song()->sound)->values;
  // From second 1.01 of the song on, at second 2 of the performance, for as long as it lasts.
  const GenerationRequest request =
      moving(10, {rhythmOf(*song(), ticksFromSeconds(2 - 1.01), seconds(2, 10))});
  const SoundFrames frames = read(request);
  EXPECT_THAT(frames.speech, IsEmpty());
  ASSERT_EQ(frames.music.size(), 300u * kWidth);
  ASSERT_EQ(frames.hasMusic.size(), 300u);
  const std::int64_t end = frameAtOrAfter(ticksFromSeconds(2 - 1.01 + kSeconds), kEngineRate);
  for (std::int64_t f = 0; f < 300; ++f) EXPECT_EQ(frames.hasMusic[f] != 0, f >= 60 && f < end) << f;
  // 30 · 1.01 is 30.3: the 30th row at frame 60.
  EXPECT_EQ(rowsOf(frames.music, 60, end, kWidth), rowsOf(rows, 30, 30 + end - 60, kWidth));
  EXPECT_EQ(rowsOf(frames.music, 0, 60, kWidth), std::vector<float>(60 * kWidth));
  EXPECT_THAT(frames.notes, note("“song.wav” was heard as music"));
}

TEST(GemSoundFrames, SpeechIsItsSamplesWithoutAGap) {
  const std::vector<float> samples = speechSamples(*swell()->sound);
  const SoundFrames frames = read(moving(3, {rhythmOf(*swell(), -ticksFromSeconds(0.5), seconds(1, 2))}));
  EXPECT_THAT(frames.music, IsEmpty());
  ASSERT_EQ(frames.speech.size(), 90u * kSpeechSamplesPerFrame);
  EXPECT_EQ(rowsOf(frames.speech, 30, 60, kSpeechSamplesPerFrame), rowsOf(samples, 45, 75, kSpeechSamplesPerFrame));
  for (std::size_t f = 0; f < 90; ++f) EXPECT_EQ(frames.hasSpeech[f] != 0, f >= 30 && f < 60) << f;
  EXPECT_THAT(frames.notes, note("“swell.wav” was heard as speech"));
}

TEST(GemSoundFrames, TheStrongerIsHeardAndOfEqualsTheLater) {
  const StrengthEnvelope rising{{{ticksFromSeconds(0), 0.0f}, {ticksFromSeconds(2), 1.0f}}};
  const auto whole = seconds(0, 4);
  const auto frame = [](const SoundFrames& frames, std::int64_t f) {
    return frames.hasMusic[std::size_t(f)] ? rowsOf(frames.music, f, f + 1, kWidth) : std::vector<float>();
  };
  const RhythmRequest under = rhythmOf(*song(), {0}, whole, {{{ticksFromSeconds(0), 0.5f}}});
  const RhythmRequest over = rhythmOf(*song(), -ticksFromSeconds(1), whole, rising);
  const SoundFrames first = read(moving(4, {under})), second = read(moving(4, {over}));
  const SoundFrames both = read(moving(4, {under, over}));
  EXPECT_THAT(frame(second, 0), IsEmpty()) << "at strength 0 nothing is heard";
  EXPECT_EQ(frame(both, 20), frame(first, 20));
  EXPECT_EQ(frame(both, 45), frame(second, 45));
  ASSERT_NE(frame(first, 45), frame(second, 45));
  RhythmRequest equal = over;
  equal.strength = under.strength;
  EXPECT_EQ(frame(read(moving(4, {under, equal})), 20), frame(second, 20));
}

TEST(GemSoundFrames, MusicAndSpeechAreHeardBesideEachOther) {
  const SoundFrames frames =
      read(moving(3, {rhythmOf(*song(), {0}, seconds(0, 3)), rhythmOf(*swell(), {0}, seconds(1, 3))}));
  EXPECT_TRUE(frames.hasMusic[40] && frames.hasSpeech[40]);
  EXPECT_TRUE(frames.hasMusic[10] && !frames.hasSpeech[10]);
}

TEST(GemSoundFrames, WithoutItsRecordingARequestSaysSo) {
  const Result<GenerationRequest> back =
      readRequest(writeRequest(moving(3, {rhythmOf(*song(), {0}, seconds(0, 3))})));
  ASSERT_TRUE(back) << back.error().message;
  const SoundFrames frames = read(*back);
  EXPECT_THAT(frames.music, IsEmpty());
  EXPECT_THAT(frames.notes, note("“song.wav” was not heard"));
}

TEST(GemSoundFrames, AStopIsAnswered) {
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = SoundReader().read(moving(3, {rhythmOf(*song(), {0}, seconds(0, 3))}), stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
}

// From a request to a motion: what is heard, and where, decides.
TEST(GemSoundFrames, AGeneratorMovesToThem) {
  TemporaryFolder folder;
  GemGeneratorOptions options;
  options.weights = writeNetwork(folder / "small.safetensors", tinyNetwork());
  options.device = DeviceChoice::Cpu;
  options.readSound = soundReader();
  const auto generator = *openGemGenerator(options);
  options.readSound = {};
  const auto deaf = *openGemGenerator(options);
  const auto made = [](MotionGenerator& by, const GenerationRequest& request) {
    Result<GeneratedMotion> result = by.generate(request, {}, {});
    EXPECT_TRUE(result) << result.error().message;
    return *std::move(result);
  };
  const auto hash = [&](MotionGenerator& by, const GenerationRequest& request) {
    return identityHash(*made(by, request).motion);
  };
  const GenerationRequest dance = moving(2, {rhythmOf(*song(), {0}, seconds(0, 2))});
  const GenerationRequest later = moving(2, {rhythmOf(*song(), -ticksFromSeconds(2), seconds(0, 2))});
  const GenerationRequest talk = moving(2, {rhythmOf(*swell(), {0}, seconds(0, 2))});
  const GeneratedMotion danced = made(*generator, dance);
  EXPECT_THAT(danced.report.lines, note("“song.wav” was heard as music"));
  EXPECT_EQ(danced.networkEvaluations, 2 * gemStepsOf(Quality::Draft)) << "with the music and without it";
  EXPECT_EQ(hash(*generator, dance), identityHash(*danced.motion)) << "the same bits when the music is remembered";
  EXPECT_NE(hash(*deaf, dance), identityHash(*danced.motion));
  EXPECT_NE(hash(*generator, later), hash(*deaf, later));
  EXPECT_NE(hash(*generator, talk), hash(*deaf, talk));
  EXPECT_EQ(made(*deaf, talk).networkEvaluations, gemStepsOf(Quality::Draft)) << "it is guided by nothing";
}

}  // namespace
}  // namespace kinescore::gem
