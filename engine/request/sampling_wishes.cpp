#include "engine/request/sampling_wishes.h"

#include <cmath>

#include "engine/request/request.h"
#include "engine/timeline/json_fields.h"

namespace kinescore {

using nlohmann::json;

const char* nameOf(Sampler sampler) { return sampler == Sampler::Ddim ? "ddim" : "dpm2m"; }

std::optional<Sampler> samplerNamed(std::string_view name) {
  for (const Sampler sampler : {Sampler::Ddim, Sampler::DpmSolver2M}) {
    if (name == nameOf(sampler)) return sampler;
  }
  return std::nullopt;
}

Status checkSampling(const SamplingWishes& wishes) {
  if (wishes.steps && (*wishes.steps < 1 || *wishes.steps > SamplingWishes::kMostSteps)) {
    return Error{ErrorCode::InvalidArgument, "The network takes 1 to " + std::to_string(SamplingWishes::kMostSteps) + " steps."};
  }
  if (wishes.guidance && !(*wishes.guidance >= SamplingWishes::kLeastGuidance && *wishes.guidance <= SamplingWishes::kMostGuidance)) {
    return Error{ErrorCode::InvalidArgument, "The guidance by words lies between 0 and 10."};
  }
  if (wishes.avoid.size() > kMaxPromptBytes) {
    return Error{ErrorCode::InvalidArgument, "What is to be avoided is said in more than " + std::to_string(kMaxPromptBytes) + " bytes."};
  }
  return {};
}

json toJson(const SamplingWishes& wishes) {
  json object = json::object();
  if (wishes.steps) object["steps"] = *wishes.steps;
  if (wishes.guidance) object["guidance"] = *wishes.guidance;
  if (wishes.sampler) object["sampler"] = nameOf(*wishes.sampler);
  if (!wishes.avoid.empty()) object["avoid"] = wishes.avoid;
  return object;
}

Result<SamplingWishes> readSamplingWishes(const json& object) {
  SamplingWishes wishes;
  FieldReader fields(object, "the sampling");
  fields.read("steps", wishes.steps);
  fields.read("guidance", wishes.guidance);
  fields.read("avoid", wishes.avoid);
  if (object.is_object() && object.contains("sampler")) {
    fields.readNamed("sampler", wishes.sampler.emplace(), samplerNamed);
  }
  if (!fields.status()) return fields.status().error();
  if (Status checked = checkSampling(wishes); !checked) {
    return Error{ErrorCode::BadInput, checked.error().message};
  }
  return wishes;
}

}  // namespace kinescore
