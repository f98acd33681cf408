#include "engine/network/gem/sound_frames.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

#include "engine/media/heard_sound.h"
#include "engine/media/sound_features.h"
#include "engine/network/gem/motion_vector.h"

namespace kinescore::gem {
namespace {

static_assert(kMusicChannels == kinescore::kMusicChannels && kSpeechSamples == kSpeechSamplesPerFrame &&
              kFramesPerSecond == kHeardRate && kSpeechRate == kSpeechSamples * kFramesPerSecond);

/// One of the two things that are heard, while it is put together.
struct Channel {
  std::int64_t perFrame;
  std::vector<float>& values;
  std::vector<std::uint8_t>& has;
  std::vector<float> strength;  // [frames] of what is there

  /// Rows of a recording at the frames of a rhythm.
  void add(const RhythmRequest& rhythm, const std::vector<float>& rows, std::int64_t frames) {
    const std::int64_t shift = rowShiftOf(rhythm), count = std::int64_t(rows.size()) / perFrame;
    const std::int64_t first = std::max({std::int64_t(0), frameAtOrAfter(rhythm.span.start, kEngineRate), -shift});
    const std::int64_t last = std::min({frames, frameAtOrAfter(rhythm.span.end, kEngineRate), count - shift});
    for (std::int64_t f = first; f < last; ++f) {
      const float wanted = rhythm.strength.at(ticksOfFrame(f, kEngineRate) - rhythm.span.start);
      if (wanted <= 0) continue;
      makeRoom(frames);
      if (wanted < strength[std::size_t(f)]) continue;
      strength[std::size_t(f)] = wanted;
      has[std::size_t(f)] = 1;
      std::copy_n(rows.begin() + (f + shift) * perFrame, perFrame, values.begin() + f * perFrame);
    }
  }

 private:
  void makeRoom(std::int64_t frames) {
    if (!strength.empty()) return;
    strength.resize(std::size_t(frames));
    has.resize(std::size_t(frames));
    values.resize(std::size_t(frames * perFrame));
  }
};

ReportLine noteOf(const HeardSound& heard, HeardAs as) {
  const std::string who = "“" + heard.file + "” was ";
  if (!heard.sound) return {true, who + "not heard", "The recording itself is not at hand.", std::nullopt};
  if (as == HeardAs::Nothing) return {true, who + "not heard", "Nothing sounds in it.", std::nullopt};
  if (heard.kind != SoundKind::Auto) {
    return {false, who + "heard as " + (as == HeardAs::Music ? "music" : "speech"), "As it was said to be.",
            std::nullopt};
  }
  if (as == HeardAs::Speech) {
    return {false, who + "heard as speech",
            "No beat is heard in it; if it is music, say so at its clip or with --sound-as music.", std::nullopt};
  }
  char tempo[32];
  std::snprintf(tempo, sizeof tempo, "%.1f", heard.beatsPerMinute);
  return {false, who + "heard as music", std::string("A beat is heard in it, ") + tempo + " a minute.", std::nullopt};
}

}  // namespace

HeardAs heardAs(const HeardSound& heard) {
  const bool hasBeat = heard.beatsPerMinute > 0;
  const bool sounds =
      hasBeat || std::any_of(heard.loudness.begin(), heard.loudness.end(), [](float v) { return v > 0; });
  if (!sounds) return HeardAs::Nothing;
  const bool isMusic = heard.kind == SoundKind::Auto ? hasBeat : heard.kind == SoundKind::Music;
  return isMusic ? HeardAs::Music : HeardAs::Speech;
}

std::int64_t rowShiftOf(const RhythmRequest& rhythm) {
  return std::llround(kFramesPerSecond * (rhythm.heard->startSeconds - secondsOf(rhythm.soundStart)));
}

Result<SoundReader::Rows> SoundReader::musicOf(const std::shared_ptr<const Sound>& sound, std::stop_token stop) {
  std::erase_if(remembered_, [](const Remembered& known) { return known.sound.expired(); });
  for (const Remembered& known : remembered_) {
    if (known.sound.lock() == sound) return known.music;
  }
  Result<MusicFeatures> features = musicFeatures(*sound, {}, std::move(stop));
  if (!features) return features.error();
  remembered_.push_back({sound, std::make_shared<const std::vector<float>>(std::move(features->values))});
  return remembered_.back().music;
}

Result<SoundFrames> SoundReader::read(const GenerationRequest& request, std::stop_token stop) {
  SoundFrames frames;
  Channel music{kMusicChannels, frames.music, frames.hasMusic, {}};
  Channel speech{kSpeechSamples, frames.speech, frames.hasSpeech, {}};
  std::set<std::pair<std::string, HeardAs>> told;
  for (const RhythmRequest& rhythm : request.rhythms) {
    if (!rhythm.heard) continue;
    const HeardAs as = rhythm.heard->sound ? heardAs(*rhythm.heard) : HeardAs::Nothing;
    if (told.emplace(rhythm.heard->file, as).second) frames.notes.push_back(noteOf(*rhythm.heard, as));
    if (as == HeardAs::Music) {
      const Result<Rows> rows = musicOf(rhythm.heard->sound, stop);
      if (!rows) return rows.error();
      music.add(rhythm, **rows, request.frameCount());
    } else if (as == HeardAs::Speech) {
      speech.add(rhythm, speechSamples(*rhythm.heard->sound), request.frameCount());
    }
    if (stop.stop_requested()) return Error{ErrorCode::Cancelled, "Listening was stopped."};
  }
  return frames;
}

std::function<Result<SoundFrames>(const GenerationRequest&, std::stop_token)> soundReader() {
  return [reader = std::make_shared<SoundReader>()](const GenerationRequest& request, std::stop_token stop) {
    return reader->read(request, std::move(stop));
  };
}

}  // namespace kinescore::gem
