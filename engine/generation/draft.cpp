#include "engine/generation/draft.h"

#include "engine/library/bvh_import.h"

namespace kinescore {

Result<DraftRequest> draftFromFile(const std::filesystem::path& file) {
  Result<Motion> motion = motionFromBvhFile(file);
  if (!motion) return motion.error();
  DraftRequest draft;
  draft.motionHash = identityHash(*motion);
  draft.motion = std::make_shared<const Motion>(std::move(*motion));
  draft.name = file.filename().string();
  return draft;
}

DraftRequest draftFromTake(const Take& take) {
  DraftRequest draft;
  draft.motion = take.result.motion;
  draft.motionHash = take.motionHash();
  draft.name = take.name;
  return draft;
}

Result<DraftRequest> draftNamed(const std::string& name, const std::filesystem::path& folder,
                                const std::function<std::shared_ptr<const Take>(int number)>& takeOf) {
  const bool isNumber = !name.empty() && name.size() < 7 && name.find_first_not_of("0123456789") == std::string::npos;
  if (!isNumber) return draftFromFile(folder / name);
  const std::shared_ptr<const Take> take = takeOf(std::stoi(name));
  if (!take) return Error{ErrorCode::NotFound, "There is no take " + name + " to follow as a draft."};
  return draftFromTake(*take);
}

}  // namespace kinescore
