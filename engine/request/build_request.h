// From what the author arranged to what is asked of the engine.
#pragma once

#include <map>

#include "engine/media/heard_sound.h"
#include "engine/request/take.h"

namespace kinescore {

struct RequestOptions {
  std::optional<TimeRange> timeSelection;  // re-solve only this, on `base`; rounded outward
  std::vector<TimeRange> keptSpans;         // within it, stay the base's; rounded inward
  std::shared_ptr<const Take> base;
  std::uint64_t seed = 1;
  Quality quality = Quality::Good;
  SamplingWishes sampling;
  DeviceChoice device = DeviceChoice::Auto;
  int automaticReferences = kUsualReferences;
  ReferenceWishes wishes;
  std::optional<DraftRequest> draft;
  // Beside what the timeline asks for.
  std::vector<RhythmRequest> rhythms;
  std::vector<ViewRequest> views;
  bool estimate = false;
  /// What was heard in the sound clips' files, by their names in the timeline (soundFilesOf). A clip without a tempo
  /// whose file is not here is left out.
  std::map<std::string, std::shared_ptr<const HeardSound>> sounds;
  SoundKind soundKind = SoundKind::Auto;  // of sound clips that do not say it themselves
};

/// The files that have to be listened to before a request can be built: those of audible sound clips without a tempo.
[[nodiscard]] std::vector<std::string> soundFilesOf(const Timeline& timeline);

/// A recording as a beat to keep over `span`, its second 0 at `soundStart`: only the part that the span needs is kept.
/// The strength's times are from span.start. Where the author says nothing (Auto) it stays what `heard` is.
[[nodiscard]] RhythmRequest rhythmOf(const HeardSound& heard, Ticks soundStart, TimeRange span,
                                     StrengthEnvelope strength = {}, SoundKind kind = SoundKind::Auto);

/// Muted and un-soloed tracks and muted clips are left out. A time selection without a base take is
/// an error with one sentence ("There is no take yet to change a part of; generate the whole first").
[[nodiscard]] Result<GenerationRequest> buildRequest(const Timeline& timeline, const RequestOptions& options);
/// The same before checkRequest: what is known of it while recordings are still listened to.
[[nodiscard]] Result<GenerationRequest> arrangedRequest(const Timeline& timeline, const RequestOptions& options);

/// What one clip of the timeline asks for, whether it is audible or not; everything else is empty.
[[nodiscard]] GenerationRequest requestOfClip(const Timeline& timeline, const Clip& clip, const RequestOptions& options);

}  // namespace kinescore
