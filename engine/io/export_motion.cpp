#include "engine/io/export_motion.h"

#include <algorithm>
#include <cctype>

#include "engine/core/files.h"
#include "engine/io/bvh_writer.h"
#include "engine/io/fbx_writer.h"

namespace kinescore {
namespace {

Result<std::string> writeBytes(const Motion& frames, const ExportOptions& options) {
  switch (options.format) {
    case ExportFormat::Bvh: {
      BvhWriteOptions bvh;
      bvh.rate = options.rate;
      bvh.centimeters = options.centimeters;
      return writeBvh(frames, bvh);
    }
    case ExportFormat::Fbx: {
      FbxWriteOptions fbx;
      fbx.rate = options.rate;
      fbx.centimeters = options.centimeters;
      fbx.takeName = options.takeName;
      return writeFbx(frames, fbx);
    }
  }
  return Error{ErrorCode::Unsupported, "This format cannot be written."};
}

}  // namespace

Result<ExportFormat> exportFormatOf(const std::filesystem::path& file) {
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  if (ending == ".bvh") return ExportFormat::Bvh;
  if (ending == ".fbx") return ExportFormat::Fbx;
  return Error{ErrorCode::InvalidArgument,
               "“" + file.filename().string() + "” should end in .bvh or .fbx, the formats that can be written."};
}

Motion framesForExport(const Motion& motion, FrameRate rate, std::optional<TimeRange> range) {
  // A motion of n frames lasts n frame lengths: its last pose is held until its end.
  const TimeRange whole{{0}, motion.duration()};
  const TimeRange wanted = range.value_or(whole);
  const FrameRange frames{frameAtOrAfter(std::max(wanted.start, whole.start), rate),
                          frameAtOrAfter(std::min(wanted.end, whole.end), rate)};
  Motion out;
  out.skeleton = motion.skeleton;
  out.rate = rate;
  if (motion.frameCount() == 0 || frames.isEmpty()) return out;
  out.resize(frames.length());
  Pose pose;
  for (std::int64_t f = 0; f < frames.length(); ++f) {
    evaluateInto(motion, ticksOfFrame(frames.start + f, rate), pose);
    out.setPose(f, pose);
  }
  return out;
}

Status exportMotion(const Motion& motion, const std::filesystem::path& file, const ExportOptions& options) {
  const std::string context = "Could not export “" + file.filename().string() + "”";
  if (!options.rate.isValid()) return Error{ErrorCode::InvalidArgument, context + ": the frame rate must be above zero."};
  const Motion frames = framesForExport(motion, options.rate, options.range);
  if (frames.frameCount() == 0) {
    return Error{ErrorCode::InvalidArgument, context + ": there is no frame in that range."};
  }
  const Result<std::string> bytes = writeBytes(frames, options);
  if (!bytes) return bytes.error().withContext(context);
  return saveFileSafely(file, *bytes);
}

}  // namespace kinescore
