// A recording from a file: WAV by ourselves, everything else (MP3, FLAC, Ogg, M4A, the sound of a video) with FFmpeg
// where the program was built with it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>

#include "engine/core/result.h"
#include "engine/media/sound.h"

namespace kinescore {

constexpr double kLongestSoundSeconds = 3600;
constexpr int kHighestSoundRate = 48000;  // what is faster is brought to it

/// False: WAV alone.
[[nodiscard]] bool decodesAllSound();

/// The whole file in one channel. `progress` hears 0 … 1. What is no sound, damaged, empty or longer than an hour is
/// one sentence; a stop is ErrorCode::Cancelled.
[[nodiscard]] Result<std::shared_ptr<const Sound>> readSoundFile(const std::filesystem::path& file,
                                                                 const std::function<void(double)>& progress = {},
                                                                 std::stop_token stop = {});

/// How long a sound or video file plays, by its own word where it can be asked; 0: it does not say.
[[nodiscard]] Result<double> mediaSeconds(const std::filesystem::path& file);

}  // namespace kinescore
