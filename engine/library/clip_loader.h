// From a row of the manifest to a source clip in metres, whatever its format.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "engine/io/asf_amc.h"
#include "engine/io/glb_animation.h"
#include "engine/library/manifest.h"
#include "engine/retarget/source_clip.h"

namespace kinescore {

struct LoadedClip {
  SourceClip source;
  std::vector<std::string> notes;  // what was mended or is odd, for the report
};

/// Keeps skeleton files that many clips share.
class ClipLoader {
 public:
  explicit ClipLoader(std::filesystem::path folder);

  [[nodiscard]] Result<LoadedClip> load(const ManifestRow& row);

 private:
  [[nodiscard]] Result<std::string> readInside(const std::filesystem::path& file) const;
  [[nodiscard]] Result<Motion> loadAmc(const ManifestRow& row, const std::string& bytes);
  [[nodiscard]] Result<Motion> loadBallPlay(const ManifestRow& row, const std::string& bytes);
  [[nodiscard]] Result<SourceClip> loadGlb(const ManifestRow& row);

  std::filesystem::path folder_;
  std::map<std::string, AsfSkeleton> asfSkeletons_;
  std::shared_ptr<const Skeleton> ballPlaySkeleton_;
  std::string glbName_;
  std::unique_ptr<GlbFile> glb_;  // the last one: its clips follow each other in the manifest
};

}  // namespace kinescore
