#include "engine/network/model_mean.h"

#include <ATen/ATen.h>

#include "engine/network/weights.h"

namespace kinescore {
namespace {

Error differs(const char* what) {
  return {ErrorCode::BadInput, std::string("The two models have no mean: their ") + what + " differ."};
}

Result<ModelParts> meanOf(const ModelParts& first, const ModelParts& second, double share) {
  if (!(first.config == second.config) || !first.coarse != !second.coarse) {
    return differs("sizes");
  }
  MotionPrior priors[] = {first.prior, second.prior};  // tensors are shared, not copied
  const auto constants = constantsOf(priors[0]), others = constantsOf(priors[1]);
  for (std::size_t i = 0; i < constants.size(); ++i) {
    if (!at::equal(*constants[i].tensor, *others[i].tensor)) return differs("priors");
  }
  if (first.statistics.mean != second.statistics.mean || first.statistics.deviation != second.statistics.deviation) {
    return differs("statistics");
  }
  ModelParts mean = second;
  mean.values = at::lerp(first.values.to(at::kDouble), second.values.to(at::kDouble), share).to(at::kFloat);
  if (first.coarse) {
    auto coarse = meanOf(*first.coarse, *second.coarse, share);
    if (!coarse) return coarse.error();
    mean.coarse = std::make_shared<const ModelParts>(*std::move(coarse));
  }
  return mean;
}

}  // namespace

Status writeMeanOfModels(const std::filesystem::path& first, const std::filesystem::path& second, double share,
                         const std::filesystem::path& output) {
  const auto one = loadModel(first);
  if (!one) return one.error();
  const auto other = loadModel(second);
  if (!other) return other.error();
  const auto mean = meanOf(one->parts, other->parts, share);
  if (!mean) return mean.error();
  nlohmann::json card = other->card;
  for (const char* figure : {"validation", "loss", "x0_loss"}) {  // nobody measured them of the mean
    card.erase(figure);
    if (card.contains("coarse")) card["coarse"].erase(figure);
  }
  card["mean_of"] = {{{"sha256", one->hash}, {"share", 1 - share}}, {{"sha256", other->hash}, {"share", share}}};
  return saveModel(*mean, output, std::move(card));
}

}  // namespace kinescore
