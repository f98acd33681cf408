#include "engine/generation/draft.h"

#include "engine/library/bvh_import.h"

namespace kinescore {

Result<DraftRequest> draftFromFile(const std::filesystem::path& file) {
  Result<Motion> motion = motionFromBvhFile(file);
  if (!motion) return motion.error();
  DraftRequest draft;
  draft.motion = std::make_shared<const Motion>(std::move(*motion));
  draft.name = file.filename().string();
  return draft;
}

DraftRequest draftFromTake(const Take& take) {
  DraftRequest draft;
  draft.motion = take.result.motion;
  draft.name = take.name;
  return draft;
}

}  // namespace kinescore
