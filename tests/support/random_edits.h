// An author without a plan: every kind of edit, in every order, repeatable from a seed.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "engine/timeline/clipboard.h"
#include "engine/timeline/edit.h"
#include "engine/timeline/ids.h"
#include "engine/timeline/time_edit.h"
#include "tests/support/motions.h"

namespace kinescore {

class RandomAuthor {
 public:
  explicit RandomAuthor(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] const Timeline& timeline() const { return timeline_; }

  /// Tries edits until one changes something, does it, and hands out its patch.
  TimelinePatch editOnce() {
    while (true) {
      const Result<TimelinePatch> patch = propose();
      if (!patch || patch->isEmpty()) continue;
      Result<Timeline> next = apply(timeline_, *patch);
      if (!next) throw std::logic_error("an edit made a patch that does not fit: " + next.error().message);
      timeline_ = std::move(*next);
      return *patch;
    }
  }

  Condition randomCondition(TrackKind kind) {
    switch (kind) {
      case TrackKind::Text: return TextCondition{"walk " + std::to_string(random_.below(100)) + " “é” \n"};
      case TrackKind::PartText: return TextCondition{"wave", BodyPart(1 + random_.below(5))};
      case TrackKind::Audio:
        return AudioCondition{"music/a.wav", time(3), random_.uniform(60, 180), random_.uniform(), SoundKind(random_.below(3))};
      case TrackKind::Video: return VideoCondition{"v.mp4", time(3), random_.uniform(0.5, 2), coin()};
      case TrackKind::Pose: {
        if (coin()) return PoseCondition{randomPose(random_), float(random_.uniform(0, 0.1))};
        TargetCondition target{int(random_.below(22)), place(), std::nullopt, 0.02f};
        if (coin()) target.rotation = randomRotation(random_);
        return target;
      }
      case TrackKind::Path: {
        PathCondition path;
        Ticks at;
        for (std::uint64_t i = 0; i < 2 + random_.below(5); ++i) {
          path.points.push_back({at, {float(random_.normal()), float(random_.normal())}, std::nullopt});
          if (coin()) path.points.back().heading = float(random_.uniform(-3, 3));
          at += Ticks{1} + time(1);
        }
        return path;
      }
      case TrackKind::Contact: {
        ContactCondition contact{int(random_.below(4)), coin(), std::nullopt};
        if (coin()) contact.place = place();
        return contact;
      }
      case TrackKind::Reference: return ReferenceCondition{"walk-01", time(2), random_.uniform(0.5, 2), coin(), coin()};
    }
    return TextCondition{};
  }

 private:
  bool coin() { return random_.below(2) == 0; }
  Ticks time(double seconds) { return ticksFromSeconds(random_.uniform(0, seconds)); }
  glm::vec3 place() { return {float(random_.normal()), float(random_.uniform(0, 2)), float(random_.normal())}; }

  std::shared_ptr<const Track> anyTrack() {
    const auto tracks = timeline_.tracks();
    return tracks.empty() ? nullptr : tracks[random_.below(tracks.size())];
  }

  std::vector<ObjectId> someClips(std::uint64_t atMost) {
    std::vector<ObjectId> all;
    for (const auto& track : timeline_.tracks()) {
      for (const auto& clip : timeline_.clipsOf(track->id)) all.push_back(clip->id);
    }
    std::vector<ObjectId> chosen;
    for (std::uint64_t i = 0; i < 1 + random_.below(atMost) && !all.empty(); ++i) {
      chosen.push_back(all[random_.below(all.size())]);
    }
    return chosen;
  }

  Result<TimelinePatch> propose() {
    const Error nothing{ErrorCode::NotFound, "nothing to edit"};
    const auto track = anyTrack();
    const auto chosen = someClips(4);
    const auto clip = chosen.empty() ? nullptr : timeline_.findClip(chosen[0]);
    switch (random_.below(28)) {
      case 26: return clip ? holdKey(timeline_, clip->id, clip->span.start + time(3)) : nothing;
      case 27: {
        for (const auto& contacts : timeline_.tracks()) {
          if (contacts->kind == TrackKind::Contact && timeline_.clipsOf(contacts->id).size() > 30) return nothing;
        }
        const Ticks start = time(10);
        return plantFoot(timeline_, ids_, {start, start + Ticks{1} + time(2)}, int(random_.below(4)), "Contacts");
      }
      case 24: return track ? placeTrack(timeline_, track->id, int(random_.below(20))) : nothing;
      case 25: return chosen.size() > 1 ? setJoinLength(timeline_, chosen[0], chosen[1], time(2)) : nothing;
      case 0:
        if (timeline_.tracks().size() > 20) return nothing;
        return addTrack(timeline_, ids_, TrackKind(random_.below(8)), "Track " + std::to_string(random_.below(9)));
      case 1: return track && random_.below(4) == 0 ? deleteTrack(timeline_, track->id) : nothing;
      case 2:
      case 3: {
        if (!track) return nothing;
        return changeTrack(timeline_, changedTrack(*track));
      }
      case 4:
      case 5:
      case 6:
      case 7: {
        if (!track || timeline_.clipsOf(track->id).size() > 30) return nothing;
        Clip added;
        added.trackId = track->id;
        const Ticks start = time(20);
        added.span = {start, start + Ticks{1} + time(4)};
        added.condition = randomCondition(track->kind);
        return addClip(timeline_, ids_, added);
      }
      case 8: return moveClips(timeline_, chosen, time(10) - time(10));
      case 9:
        return clip && track ? moveClipsToTrack(timeline_, std::vector{clip->id}, track->id, time(3) - time(3)) : nothing;
      case 10:
        return clip ? trimClip(timeline_, clip->id, {clip->span.start + time(1) - time(1), clip->span.end + time(1) - time(1)}) : nothing;
      case 11: return clip ? splitClip(timeline_, ids_, clip->id, clip->span.start + time(3)) : nothing;
      case 12: return duplicateClips(timeline_, ids_, chosen, time(5));
      case 13: return deleteClips(timeline_, chosen);
      case 14: return clip ? changeClip(timeline_, changedClip(*clip)) : nothing;
      case 15: return track ? pinPose(timeline_, ids_, track->id, time(10), randomPose(random_)) : nothing;
      case 16: {
        const Ticks from = time(10), to = time(10);
        return scaleClips(timeline_, chosen, {from, from + Ticks{1} + time(5)}, {to, to + Ticks{1} + time(5)});
      }
      case 17: return slipClips(timeline_, chosen, time(2) - time(2));
      case 18: return clip ? slideClip(timeline_, clip->id, time(2) - time(2)) : nothing;
      case 19: return rippleMove(timeline_, chosen, time(3) - time(3));
      case 20:
        return clip ? rippleTrim(timeline_, clip->id, {clip->span.start + time(1), clip->span.end + time(1) - time(1)}) : nothing;
      case 21: return rippleDelete(timeline_, chosen);
      case 22:
        if (!track || timeline_.clipsOf(track->id).size() > 30) return nothing;
        return pasteClips(timeline_, ids_, copyClips(timeline_, chosen), time(15),
                          coin() ? PasteMode::Ripple : PasteMode::Over);
      default: return editMarkersOrSettings();
    }
  }

  Track changedTrack(Track track) {
    switch (random_.below(7)) {
      case 6: track.color = int(random_.below(kLabelColors + 1)); break;
      case 0: track.muted = !track.muted; break;
      case 1: track.soloed = !track.soloed; break;
      case 2: track.locked = !track.locked; break;
      case 3: track.name += "*"; break;
      case 4: track.height = int(random_.below(3)); break;
      default: track.order = int(random_.below(30)) - 10; break;
    }
    return track;
  }

  Clip changedClip(Clip clip) {
    switch (random_.below(5)) {
      case 0: clip.muted = !clip.muted; break;
      case 1: clip.locked = !clip.locked; break;
      case 2: clip.strength = {{{{0}, float(random_.uniform())}, {Ticks{1} + time(2), float(random_.uniform())}}}; break;
      case 3: clip.condition = randomCondition(timeline_.findTrack(clip.trackId)->kind); break;
      default: clip.unknown = R"({"colour":"blue","condition":{"mood":)" + std::to_string(random_.below(9)) + "}}"; break;
    }
    return clip;
  }

  Result<TimelinePatch> editMarkersOrSettings() {
    const auto markers = timeline_.markers();
    const std::uint64_t choice = random_.below(4);
    if (choice == 0 || markers.empty()) return addMarker(timeline_, ids_, time(20), "beat");
    Marker marker = *markers[random_.below(markers.size())];
    if (choice == 1) return deleteMarker(timeline_, marker.id);
    if (choice == 2) {
      marker.time = time(20);
      marker.color = int(random_.below(kLabelColors + 1));
      return changeMarker(timeline_, marker);
    }
    TimelineSettings settings = timeline_.settings();
    settings.duration = Ticks{1} + time(30);
    if (coin()) settings.rate = coin() ? FrameRate{24000, 1001} : FrameRate{24, 1};
    return changeSettings(timeline_, settings);
  }

  CounterRandom random_;
  SequentialIds ids_;
  Timeline timeline_;
};

}  // namespace kinescore
