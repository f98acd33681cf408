#include "engine/media/sound_file.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>

#include "engine/core/files.h"
#include "engine/core/random.h"
#include "engine/media/wav.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(KINESCORE_TEST_DATA_DIR) / "sound";

std::string number(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out.push_back(char((value >> (8 * i)) & 0xff));
  return out;
}

struct WavForm {
  int tag = 1, channels = 1, rate = 8000, bits = 16;
  bool isExtensible = false;
};
std::string wavBytes(const WavForm& form, const std::string& data, const std::string& before = "") {
  std::string format = number(form.isExtensible ? 0xfffe : std::uint64_t(form.tag), 2) +
                       number(std::uint64_t(form.channels), 2) + number(std::uint64_t(form.rate), 4) +
                       number(std::uint64_t(form.rate * form.channels * form.bits / 8), 4) +
                       number(std::uint64_t(form.channels * form.bits / 8), 2) + number(std::uint64_t(form.bits), 2);
  if (form.isExtensible)
    format += number(22, 2) + number(std::uint64_t(form.bits), 2) + number(0, 4) + number(std::uint64_t(form.tag), 2) +
              std::string(14, '\x10');
  const std::string body =
      "WAVEfmt " + number(format.size(), 4) + format + before + "data" + number(data.size(), 4) + data;
  return "RIFF" + number(body.size(), 4) + body;
}
template <class T>
std::string bytesOfNumber(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

TEST(WavTest, EveryPlainFormIsRead) {
  const auto first = [](const WavForm& form, const std::string& data) {
    const Result<Sound> sound = readWav(wavBytes(form, data), "a.wav");
    EXPECT_TRUE(sound) << sound.error().message;
    EXPECT_EQ(sound->rate, 8000);
    EXPECT_EQ(sound->samples.size(), 1u);
    return sound->samples.at(0);
  };
  EXPECT_EQ(first({.bits = 8}, number(192, 1)), 0.5f);
  EXPECT_EQ(first({.bits = 16}, number(0xc000, 2)), -0.5f);
  EXPECT_EQ(first({.bits = 24}, number(0xc00000, 3)), -0.5f);
  EXPECT_EQ(first({.bits = 32}, number(0x40000000, 4)), 0.5f);
  EXPECT_EQ(first({.tag = 3, .bits = 32}, bytesOfNumber(0.25f)), 0.25f);
  EXPECT_EQ(first({.tag = 3, .bits = 64}, bytesOfNumber(-0.25)), -0.25f);
  EXPECT_EQ(first({.bits = 16, .isExtensible = true}, number(0x4000, 2)), 0.5f);
  EXPECT_EQ(first({.channels = 2}, number(0x4000, 2) + number(0, 2)), 0.25f) << "the mean of the channels";
}

TEST(WavTest, OtherChunksAreSteppedOverAndStreamsReadToTheEnd) {
  const std::string list = "LIST" + number(3, 4) + "abc" + number(0, 1);
  EXPECT_EQ(readWav(wavBytes({}, number(0x4000, 2), list), "a.wav")->samples, std::vector<float>{0.5f});
  std::string stream = wavBytes({}, number(0x4000, 2));
  stream.replace(stream.size() - 6, 4, number(0xffffffff, 4));
  EXPECT_EQ(readWav(stream, "a.wav")->samples, std::vector<float>{0.5f});
}

TEST(WavTest, BadFilesAreOneSentence) {
  const std::string good = wavBytes({}, std::string(100, '\1'));
  const auto sentence = [](const std::string& bytes) { return readWav(bytes, "a.wav").error().message; };
  EXPECT_EQ(sentence("no sound at all"), "“a.wav” is no WAV file.");
  EXPECT_EQ(sentence(good.substr(0, 60)), "“a.wav” ends early: 16 of 100 bytes of sound are there; copy it again.");
  EXPECT_EQ(sentence(wavBytes({}, "")), "“a.wav” holds no sound.");
  EXPECT_EQ(sentence(good.substr(0, 20)), "“a.wav” is a WAV file without a format; it may be damaged.");
  EXPECT_EQ(sentence(wavBytes({.tag = 2, .bits = 4}, "abcd")),
            "“a.wav” is a compressed WAV file, which is not read; save it as 16-bit PCM.");
  EXPECT_EQ(sentence(wavBytes({.channels = 0}, "abcd")),
            "“a.wav” is a WAV file with 0 channels at 8000 Hz, which cannot be right.");
  EXPECT_EQ(sentence(wavBytes({.tag = 3, .bits = 32}, bytesOfNumber(std::nanf("")))),
            "“a.wav” holds a sample that is no number.");
}

class SoundFileTest : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }
  static std::string sentence(const std::filesystem::path& file) {
    const auto sound = readSoundFile(file);
    EXPECT_FALSE(sound);
    return sound ? std::string() : sound.error().message;
  }
  TemporaryFolder folder_;
};

TEST_F(SoundFileTest, ASoundIsReadWithProgress) {
  double last = -1;
  const auto sound = readSoundFile(kFolder / "song.wav", [&](double done) { last = done; });
  ASSERT_TRUE(sound);
  EXPECT_EQ((*sound)->rate, 22050);
  EXPECT_NEAR((*sound)->seconds(), 5.2, 1e-4);
  EXPECT_EQ(last, 1);
}

TEST_F(SoundFileTest, WhatIsTooFastIsBroughtDownAndWhatIsTooLongRefused) {
  const auto fast = readSoundFile(write("fast.wav", wavBytes({.rate = 96000}, std::string(2 * 96000, '\0'))));
  ASSERT_TRUE(fast);
  EXPECT_EQ((*fast)->rate, kHighestSoundRate);
  EXPECT_NEAR((*fast)->seconds(), 1, 1e-4);
  EXPECT_EQ(sentence(write("long.wav", wavBytes({.rate = 1000, .bits = 8}, std::string(3'601'000, '\x80')))),
            "“long.wav” is longer than an hour; cut out the part that is to be heard.");
}

TEST_F(SoundFileTest, FilesThatAreNoSoundAreOneSentence) {
  EXPECT_EQ(sentence(write("empty.mp3", "")), "“empty.mp3” is empty.");
  EXPECT_NE(sentence(folder_ / "none.wav").find("none.wav"), std::string::npos);
  EXPECT_NE(sentence(folder_.path()), "");
  if (!decodesAllSound()) {
    EXPECT_NE(sentence(kFolder / "part.mp3").find("this build reads nothing else"), std::string::npos);
    return;
  }
  EXPECT_EQ(sentence(write("text.mp3", "This is a letter and no music at all.\n")),
            "“text.mp3” is no sound or video file, or is damaged.");
  // A play list names other files; none of them is opened.
  std::filesystem::copy(kFolder / "part.ogg", folder_ / "part.ogg");
  EXPECT_NE(sentence(write("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\npart.ogg\n#EXT-X-ENDLIST\n")),
            "");
  EXPECT_NE(sentence(write("list.ffconcat", "ffconcat version 1.0\nfile part.ogg\n")), "");
}

TEST_F(SoundFileTest, EveryKindIsTheSameRecording) {
  if (!decodesAllSound()) GTEST_SKIP() << "built without FFmpeg";
  const auto song = *readSoundFile(kFolder / "song.wav");
  // lossy kinds differ a little; how far they may begin late is their own matter (AAC: up to 2,112 samples of priming)
  for (const auto& [name, likeness] :
       {std::pair{"part.flac", 1.0}, {"part.ogg", 0.97}, {"part.mp3", 0.95}, {"part.m4a", 0.97}, {"part.mp4", 0.97}}) {
    const auto sound = readSoundFile(kFolder / name);
    ASSERT_TRUE(sound) << sound.error().message;
    EXPECT_EQ((*sound)->rate, 22050) << name;
    EXPECT_NEAR((*sound)->seconds(), 1.5, 0.1) << name;
    double product = 0, own = 0, others = 0;
    for (int i = 0; i < 22050; ++i) {
      const double a = song->samples[i], b = (*sound)->samples[i];
      product += a * b, own += a * a, others += b * b;
    }
    EXPECT_GE(product / std::sqrt(own * others), likeness - 1e-9) << name;
  }
}

TEST_F(SoundFileTest, DamageIsOneSentenceOrHeardAround) {
  if (!decodesAllSound()) GTEST_SKIP() << "built without FFmpeg";
  CounterRandom random(7);
  int refused = 0, read = 0;
  for (const char* name : {"part.flac", "part.ogg", "part.mp3", "part.m4a", "part.mp4"}) {
    const std::string good = bytesOf(kFolder / name);
    for (int i = 0; i < 24; ++i) {
      std::string bad = good;
      if (i % 3 == 0) bad.resize(std::size_t(random.below(good.size())));
      for (int k = 0; i % 3 != 0 && k < 1 + i; ++k)
        bad[std::size_t(random.below(bad.size()))] = char(random.below(256));
      const auto sound = readSoundFile(write(std::string("bad") + name, bad));
      (sound ? read : refused) += 1;
      if (!sound) {
        EXPECT_TRUE(sound.error().message.ends_with('.')) << sound.error().message;
        continue;
      }
      for (const float v : (*sound)->samples) ASSERT_TRUE(std::isfinite(v));
    }
  }
  EXPECT_GT(refused, 20);
  EXPECT_GT(read, 20);
}

TEST_F(SoundFileTest, AFileThatWasCutOffIsNamed) {
  if (!decodesAllSound()) GTEST_SKIP() << "built without FFmpeg";
  const std::string flac = bytesOf(kFolder / "part.flac");
  const std::string message = sentence(write("cut.flac", flac.substr(0, flac.size() / 2)));
  EXPECT_NE(message.find("ends early: 0."), std::string::npos) << message;
}

TEST_F(SoundFileTest, ReadingStopsWhenAsked) {
  std::stop_source source;
  source.request_stop();
  for (const char* name : {"song.wav", "part.ogg"}) {
    if (!decodesAllSound() && std::string(name) != "song.wav") continue;
    const auto sound = readSoundFile(kFolder / name, {}, source.get_token());
    ASSERT_FALSE(sound);
    EXPECT_EQ(sound.error().code, ErrorCode::Cancelled) << name;
  }
}

}  // namespace
}  // namespace kinescore
