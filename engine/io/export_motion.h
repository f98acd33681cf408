// A motion into a file of the animator's program: one function for the window and the command line.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/motion/motion.h"

namespace kinescore {

enum class ExportFormat { Bvh, Fbx };

struct ExportOptions {
  ExportFormat format = ExportFormat::Bvh;
  FrameRate rate{30, 1};
  bool centimeters = true;              // else metres
  std::optional<TimeRange> range;       // absent: all of it; the file starts at its first frame
  std::string takeName = "Take 001";    // FBX
};

/// By the ending: “walk.bvh”, “walk.FBX”. Another ending is an error that names the known ones.
[[nodiscard]] Result<ExportFormat> exportFormatOf(const std::filesystem::path& file);

/// The frames of `range` at `rate`, each taken from the motion at its own time.
[[nodiscard]] Motion framesForExport(const Motion& motion, FrameRate rate, std::optional<TimeRange> range);

/// Writes through the safe save: the old file stays if anything fails.
[[nodiscard]] Status exportMotion(const Motion& motion, const std::filesystem::path& file, const ExportOptions& options);

}  // namespace kinescore
