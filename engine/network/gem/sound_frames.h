// What GEM hears of the recordings in a request, frame by frame over the whole performance: music as the 35 numbers of
// engine/media/sound_features.h, speech as its samples (gem.md 1.4: `music`, `audio`). Sees no torch.
//
// Music or speech? A recording in which a beat is heard is music, one without is speech, and silence is neither:
// what `kinescore sound` shows decides, so that an animator can look it up before. Speech over music has a beat and is
// music; music without a beat that can be told (a slow string piece, say) is taken for speech, which GEM answers with
// gestures. The author may say otherwise (HeardSound::kind).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "engine/request/take.h"

namespace kinescore {
struct Sound;
}

namespace kinescore::gem {

struct SoundFrames {
  std::vector<float> music;             // [frames][35], or empty
  std::vector<std::uint8_t> hasMusic;   // [frames] 0 or 1; as long as there is music
  std::vector<float> speech;            // [frames · 600], −1 … 1, 18 kHz, or empty
  std::vector<std::uint8_t> hasSpeech;  // [frames]
  std::vector<ReportLine> notes;        // which recording was heard as what
};

enum class HeardAs { Nothing, Music, Speech };
/// Silence is nothing, whatever its author says of it.
[[nodiscard]] HeardAs heardAs(const HeardSound& heard);

/// The rows of a recording that a rhythm's frames hear: frame f of the performance hears row f + the answer, where row
/// r of the recording lies at its second r / 30. Half a frame off at most, and the same for every frame.
[[nodiscard]] std::int64_t rowShiftOf(const RhythmRequest& rhythm);

/// Makes the frames of requests and remembers what music gave while its recording is there, for takes that follow.
class SoundReader {
 public:
  /// Of the rhythms of a request that were heard in a recording, on the frames of their spans at which their strength
  /// is above 0. Frames outside a recording hear nothing. Where two recordings are music at one frame (or both speech),
  /// the stronger is heard, and of equals the one listed later, which buildRequest sorts to be the one that begins
  /// later. A request without its recordings (one that was read back from a file) hears nothing and a note says so.
  /// Errors: ErrorCode::Cancelled alone.
  [[nodiscard]] Result<SoundFrames> read(const GenerationRequest& request, std::stop_token stop);

 private:
  using Rows = std::shared_ptr<const std::vector<float>>;  // [rows][35] or [rows · 600]
  struct Remembered {
    std::weak_ptr<const Sound> sound;
    Rows music;  // speech is made faster than it is worth keeping
  };
  [[nodiscard]] Result<Rows> musicOf(const std::shared_ptr<const Sound>& sound, std::stop_token stop);

  std::vector<Remembered> remembered_;
};

/// A reader of its own, as GemGeneratorOptions::readSound takes one.
[[nodiscard]] std::function<Result<SoundFrames>(const GenerationRequest&, std::stop_token)> soundReader();

}  // namespace kinescore::gem
