// Sound out of any file that FFmpeg knows. This folder is the only one that sees FFmpeg. The file is read through our
// own hands: nothing in it can make the decoder open another file or an address.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>

#include "engine/core/result.h"
#include "engine/media/sound.h"

namespace kinescore {

struct SoundLimits {
  double longestSeconds = 3600;
  int highestRate = 48000;  // faster recordings are resampled to it while they are read
};

/// The best sound track of a file, its channels' mean, from the moment at which the file (a video, say) begins.
/// `progress` hears 0 … 1. No sound in it, damage, an early end and more than the limit are one sentence; a stop is
/// ErrorCode::Cancelled.
[[nodiscard]] Result<Sound> decodeSound(const std::filesystem::path& file, const SoundLimits& limits,
                                        const std::function<void(double)>& progress, std::stop_token stop);

/// How long a sound or video file plays by its own word; nothing of it is decoded. 0: it does not say.
[[nodiscard]] Result<double> announcedSecondsOf(const std::filesystem::path& file);

}  // namespace kinescore
