#include <map>

#include <nlohmann/json.hpp>

#include "engine/library/dataset_builder.h"

namespace kinescore {

std::string datasetLicenseNotice() {
  return "CMU Graphics Lab Motion Capture Database: The data used in this project was obtained from "
         "mocap.cs.cmu.edu. The database was created with funding from NSF EIA-0196217. The data is "
         "free for all uses; it may be included in commercially sold products, but may not be resold "
         "directly, even in converted form. BVH versions come from the cgspeed conversion by B. Hahn.\n"
         "BallPlay-M: a subset of the motion of SkillMimic, licensed under the Apache License 2.0, "
         "https://www.apache.org/licenses/LICENSE-2.0. Changed: converted, turned to Y-up, unused "
         "columns left out, retargeted to kinescore22 at 30 Hz. Wang et al., \"SkillMimic: Learning "
         "Reusable Basketball Skills from Demonstrations\", arXiv:2408.15270 (2024).\n"
         "Captions: Kinescore, Apache License 2.0.\n"
         "All motion was retargeted to one skeleton, repaired and resampled; it is not the original "
         "capture data.";
}

std::string datasetCard(const Library& library) {
  struct Sum {
    int clips = 0;
    std::int64_t frames = 0;
  };
  static constexpr const char* kSplitNames[] = {"train", "val", "test", "unseen"};
  static constexpr const char* kQualityNames[] = {"clean", "daz", "ballplay", "keyed", "no-floor"};
  std::map<std::string, Sum> bySplit, bySource, byQuality, byCategory;
  std::map<std::string, int> byAction;
  Sum all;
  int captions = 0;
  for (const LibraryClip& clip : library.clips) {
    for (Sum* sum : {&all, &bySplit[kSplitNames[int(clip.split)]], &bySource[clip.source],
                     &byQuality[kQualityNames[int(clip.quality)]], &byCategory[clip.category]}) {
      ++sum->clips;
      sum->frames += clip.motion.frameCount();
    }
    for (const Caption& caption : clip.captions) ++byAction[caption.action];
    captions += int(clip.captions.size());
  }
  const auto minutes = [](std::int64_t frames) { return double(frames * 100 / 1800) / 100; };
  const auto table = [&](const std::map<std::string, Sum>& sums) {
    nlohmann::ordered_json rows;
    for (const auto& [name, sum] : sums) rows[name] = {{"clips", sum.clips}, {"minutes", minutes(sum.frames)}};
    return rows;
  };
  nlohmann::ordered_json card;
  card["format"] = "kinescore-library";
  card["skeleton"] = "kinescore22";
  card["frames_per_second"] = 30;
  card["clips"] = all.clips;
  card["minutes"] = minutes(all.frames);
  card["captions"] = captions;
  card["by_split"] = table(bySplit);
  card["by_source"] = table(bySource);
  card["by_quality"] = table(byQuality);
  card["by_category"] = table(byCategory);
  card["captions_by_action"] = byAction;
  card["license_notice"] = library.licenseNotice;
  return card.dump(1) + "\n";
}

}  // namespace kinescore
