// Where the beats of a recording lie, also when the tempo drifts: the most likely path of a hand that turns once a beat
// and can change its pace only between beats (Krebs, Böck and Widmer, "An efficient state-space model for joint tempo
// and meter tracking", ISMIR 2015). It sees nothing but how strongly something begins; tempi are more likely the better
// the recording repeats itself after one to four beats, and the nearer they are to 120.
#pragma once

#include <span>
#include <stop_token>
#include <vector>

namespace kinescore {

constexpr double kSlowestHeardBeat = 55, kFastestHeardBeat = 215;  // a minute

struct TrackedBeats {
  std::vector<int> frames;  // sorted
  double repetition = 0;  // how alike the recording is after one to four beats of its likeliest tempo: 1 exactly, 0 not
};

/// `beginnings` 0 … 1, so many a second (about 100). No beats when nothing begins, in less than two seconds, or after a
/// stop. Whether what was found is a beat at all is for the caller to judge.
[[nodiscard]] TrackedBeats trackBeats(std::span<const float> beginnings, double framesPerSecond,
                                      std::stop_token stop = {});

}  // namespace kinescore
