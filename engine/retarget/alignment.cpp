#include "engine/retarget/alignment.h"

namespace kinescore {

std::string_view nameOf(SourceFamily family) {
  switch (family) {
    case SourceFamily::Asf: return "asf";
    case SourceFamily::Bvh31: return "bvh31";
    case SourceFamily::Bvh131: return "bvh131";
    case SourceFamily::Daz: return "daz";
    case SourceFamily::DazFbx: return "daz_fbx";
    case SourceFamily::Neo22: return "neo22";
    case SourceFamily::BallPlay: return "ballplay";
    case SourceFamily::Mesh2MotionBase: return "m2m_base";
    case SourceFamily::Mesh2MotionAddon: return "m2m_addon";
  }
  return "";
}

std::optional<SourceFamily> findSourceFamily(const Skeleton& skeleton) {
  constexpr SourceFamily kOneNamed[] = {
      SourceFamily::Asf,      SourceFamily::Bvh31,           SourceFamily::Bvh131,
      SourceFamily::Neo22,    SourceFamily::BallPlay,        SourceFamily::Mesh2MotionBase,
      SourceFamily::Mesh2MotionAddon, SourceFamily::Daz};
  for (SourceFamily family : kOneNamed) {
    bool complete = true;
    for (const JointAlignment& row : alignmentOf(family)) {
      complete = complete && skeleton.findJoint(row.source).has_value() &&
                 (row.secondSource.empty() || skeleton.findJoint(row.secondSource).has_value());
    }
    if (!complete) continue;
    if (family == SourceFamily::Daz) {
      const glm::vec3 shin = skeleton.offsets[*skeleton.findJoint("lShin")];
      return shin.y > 0 ? SourceFamily::DazFbx : SourceFamily::Daz;
    }
    return family;
  }
  return std::nullopt;
}

}  // namespace kinescore
