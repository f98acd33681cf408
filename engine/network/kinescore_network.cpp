#include "engine/network/kinescore_network.h"

#include <cassert>
#include <cmath>

#include <ATen/ATen.h>

namespace kinescore {
namespace {

// Frames that are known whole keep this share of the network's say.
constexpr double kSayAboutKnownFrames = 0.1;

at::Tensor thinnedOut(const at::Tensor& x, const Dropout* dropout) {
  if (dropout == nullptr || dropout->rate <= 0) return x;
  const double keep = 1 - dropout->rate;
  return x * at::empty_like(x, x.options().requires_grad(false)).bernoulli_(keep, dropout->generator).div_(keep);
}

// What the network says about the root is as smooth as the root is by its definition: Gaussian
// windows (frames) a little narrower than those of the features.
constexpr double kRootSmoothing = 8, kHeadingSmoothing = 3;
constexpr double kRootDefinition = 12;  // σ 0.4 s, as in the features

// Rows of Gaussian weights over the valid frames. valid [B][T][1]; answers [B][T][T].
at::Tensor smoothingRows(const at::Tensor& valid, double sigma) {
  const std::int64_t T = valid.size(1);
  const at::Tensor index = at::arange(T, valid.options());
  const at::Tensor distance = index.view({T, 1}) - index.view({1, T});
  const at::Tensor rows = at::exp(distance.square() * (-0.5 / (sigma * sigma))) * valid.transpose(1, 2);
  return rows / rows.sum(-1, true).clamp_min(1e-6);
}

// Sines and cosines of the log-SNR, slow to fast. [B][kTimeFeatures]
at::Tensor timeFeatures(const at::Tensor& logSnr) {
  constexpr int kHalf = kTimeFeatures / 2;
  const at::Tensor rates = at::exp(at::linspace(std::log(0.05), std::log(4.0), kHalf, logSnr.options()));
  const at::Tensor angles = logSnr.view({-1, 1}) * rates;
  return at::cat({angles.sin(), angles.cos()}, 1);
}

}  // namespace

KinescoreNetwork::KinescoreNetwork(const NetworkConfig& config, MotionPrior prior, const ParameterMap& parameters)
    : config_(config), prior_(std::move(prior)) {
  const LayerReader layers(parameters);
  const auto tensor = [&](const std::string& name) { return layers.tensor(name); };
  const auto linear = [&](const std::string& name) { return layers.linear(name); };
  const auto norm = [&](const std::string& name) { return layers.norm(name); };
  input_ = linear("input");
  condition_ = linear("condition");
  time0_ = linear("time.0");
  time1_ = linear("time.1");
  quality_ = tensor("quality");
  textToken_ = linear("text.token");
  textSide_ = tensor("text.side");
  textNull_ = tensor("text.null");
  textNorm_ = norm("text.norm");
  textSentence_ = linear("text.sentence");
  sentenceSide_ = tensor("text.sentence_side");
  progress_ = tensor("text.progress");
  textPool_ = linear("text.pool");
  textInput_ = linear("text.input");
  textNone_ = tensor("text.none");
  textKv_ = linear("text.kv");
  modulation_ = linear("modulation");
  gate_ = linear("gate");
  finalBias_ = tensor("final.bias");
  output_ = linear("output");
  smooth_ = tensor("smooth");
  for (int i = 0; i < config.layers; ++i) {
    const std::string at = "layers." + std::to_string(i) + ".";
    layers_.push_back({tensor(at + "modulation_bias"), linear(at + "self.qkv"), linear(at + "self.out"),
                       linear(at + "cross.query"), linear(at + "cross.out"), linear(at + "feed.0"),
                       linear(at + "feed.1"), norm(at + "cross.norm")});
  }
  if (config.senses > 0) {
    senses0_ = linear("senses.0");
    senses1_ = linear("senses.1");
  }
  if (config.draft > 0) {
    draft0_ = linear("draft.0");
    draft1_ = linear("draft.1");
  }
  referenceInput_ = linear("reference.input");
  for (int i = 0; i < config.referenceLayers; ++i) {
    const std::string at = "reference.layers." + std::to_string(i) + ".";
    referenceLayers_.push_back({norm(at + "norm0"), norm(at + "norm1"), linear(at + "qkv"), linear(at + "out"),
                                linear(at + "feed.0"), linear(at + "feed.1")});
  }
  referenceNorm_ = norm("reference.norm");
  referenceKv_ = linear("reference.kv");
  referenceGate_ = tensor("reference.gate");
  // Louder where the data moves more, but far less than in proportion: mean square 1.
  const at::Tensor loudness = prior_.variances.pow(0.25);
  inputScale_ = loudness / loudness.square().mean().sqrt();
}

void KinescoreNetwork::prepareMasks(const NetworkInputs& inputs, NetworkContext& context) const {
  const std::int64_t N = context.tokens;
  const at::TensorOptions options = inputs.known.options();
  const at::Tensor index = at::arange(N, options);
  const at::Tensor distance = (index.view({N, 1}) - index.view({1, N})).abs();
  const double narrow = double(config_.narrowFrames) / tokenFrames(config_);
  context.wideMask = at::zeros({1, 1, N, N}, options);
  if (inputs.padded) {
    const at::Tensor present = byToken(inputs.valid.view({inputs.batch, context.patches, kPatchFrames}), context)
                                   .view({inputs.batch, 1, 1, N, tokenFrames(config_)})
                                   .select(-1, 0);
    context.wideMask = context.wideMask + (present - 1) * 1e4;
  }
  context.narrowMask = context.wideMask - (distance > narrow).to(at::kFloat) * 1e4;
  const std::int64_t half = config_.width / config_.heads / 2;
  const at::Tensor rates = at::exp(at::arange(half, options) * (-std::log(1000.0) / double(half)));
  const at::Tensor angles = (index.view({N, 1}) * double(config_.tokenPatches) * rates).view({N, 1, 1, half});
  context.cosine = angles.cos();
  context.sine = angles.sin();
}

at::Tensor KinescoreNetwork::byToken(const at::Tensor& patches, const NetworkContext& context) const {
  if (config_.tokenPatches == 1) return patches;
  const std::int64_t missing = context.tokens * config_.tokenPatches - context.patches;
  return at::constant_pad_nd(patches, {0, 0, 0, missing})
      .reshape({patches.size(0), context.tokens, config_.tokenPatches * patches.size(2)});
}

at::Tensor KinescoreNetwork::byPatch(const at::Tensor& tokens, const NetworkContext& context) const {
  if (config_.tokenPatches == 1) return tokens;
  return tokens
      .reshape({tokens.size(0), context.tokens * config_.tokenPatches, tokens.size(2) / config_.tokenPatches})
      .narrow(1, 0, context.patches);
}

// What is given about the root, and the targets with the joint as the last index.
void KinescoreNetwork::prepareExact(const NetworkInputs& inputs, NetworkContext& context) const {
  const std::int64_t B = inputs.batch, T = inputs.frames;
  std::int64_t column = 0;
  const auto next = [&](std::int64_t width) {
    column += width;
    return inputs.world.narrow(2, column - width, width);
  };
  context.targetPosition = next(3 * kJointCount22).view({B, T, kJointCount22, 3}).transpose(2, 3).contiguous();
  context.targetPositionMask = next(kJointCount22).unsqueeze(2);
  context.targetRotation = next(6 * kJointCount22).view({B, T, kJointCount22, 6}).transpose(2, 3).contiguous();
  context.targetRotationMask = next(kJointCount22).unsqueeze(2);
  AskedOfJoints asked{context.targetPosition.transpose(2, 3), context.targetPositionMask.squeeze(2),
                      context.targetRotation.transpose(2, 3), context.targetRotationMask.squeeze(2),
                      {}, {}, inputs.knownMask};
  if (inputs.hasDraft && config_.draft > 0) {
    asked.draftMask = inputs.draft.narrow(2, kDraftChannels, 1);
    asked.draft = inputs.draft.narrow(2, 0, kDraftChannels) / asked.draftMask.clamp_min(1e-3);
  }
  context.targets = jointTargets(asked);
  const at::Tensor path = next(2), pathMask = next(1), heading = next(2), headingMask = next(1), height = next(1),
                   heightMask = next(1);
  const at::Tensor given = at::cat({path.narrow(2, 0, 1), height, path.narrow(2, 1, 1), heading}, 2);
  const at::Tensor givenMask = at::cat({pathMask, heightMask, pathMask, headingMask, headingMask}, 2);
  const at::Tensor normalised = (given - prior_.rootCentre) / prior_.rootScale;
  const at::Tensor known = inputs.known.narrow(2, 0, kRootChannels);
  const at::Tensor isKnown = inputs.knownMask;
  context.exactRoot = normalised * (1 - isKnown) + known * isKnown;
  context.exactRootMask = at::maximum(givenMask * (1 - isKnown), isKnown.expand_as(givenMask));
  context.rootDefinition = smoothingRows(inputs.valid, kRootDefinition);
  context.rootSmoothing = smoothingRows(inputs.valid, kRootSmoothing);
  context.headingSmoothing = smoothingRows(inputs.valid, kHeadingSmoothing);
}

// The estimate of the root and its speed in its own heading space, and the targets seen from there.
at::Tensor KinescoreNetwork::rootAndTargets(const RootEstimate& root, const NetworkContext& context) const {
  const std::int64_t B = root.value.size(0), T = root.value.size(1);
  const at::Tensor metres = root.value * prior_.rootScale + prior_.rootCentre;
  const at::Tensor heading = metres.narrow(2, 3, 2);
  const at::Tensor unit = heading / heading.square().sum(2, true).clamp_min(1e-4).sqrt();
  const at::Tensor c = unit.narrow(2, 0, 1), s = unit.narrow(2, 1, 1);
  const auto stepOf = [&](const at::Tensor& x) {
    const at::Tensor d = (x.narrow(1, 1, T - 1) - x.narrow(1, 0, T - 1)) * 30.0;
    return at::cat({d, d.narrow(1, T - 2, 1)}, 1);
  };
  const at::Tensor speed = stepOf(metres.narrow(2, 0, 3));
  const at::Tensor dx = speed.narrow(2, 0, 1), dz = speed.narrow(2, 2, 1);
  const at::Tensor unitSpeed = stepOf(unit);
  const at::Tensor turning = unitSpeed.narrow(2, 1, 1) * c - unitSpeed.narrow(2, 0, 1) * s;
  const at::Tensor rootPart =
      at::cat({root.value, c * dx - s * dz, speed.narrow(2, 1, 1), s * dx + c * dz, turning}, 2).clamp(-8, 8);

  const at::Tensor& p = context.targetPosition;  // [B][T][3][22]
  const at::Tensor x = p.select(2, 0) - metres.narrow(2, 0, 1), z = p.select(2, 2) - metres.narrow(2, 2, 1);
  const at::Tensor seen =
      at::stack({c * x - s * z, p.select(2, 1), s * x + c * z}, 2).clamp(-3, 3) * context.targetPositionMask;
  const at::Tensor& r = context.targetRotation;  // [B][T][6][22]
  const at::Tensor cr = c.unsqueeze(2), sr = s.unsqueeze(2);
  const auto turned = [&](std::int64_t column) {
    const at::Tensor rx = r.narrow(2, column, 1), ry = r.narrow(2, column + 1, 1), rz = r.narrow(2, column + 2, 1);
    return at::cat({cr * rx - sr * rz, ry, sr * rx + cr * rz}, 2);
  };
  const at::Tensor rotations = at::cat({turned(0), turned(3)}, 2) * context.targetRotationMask;
  return at::cat({rootPart, seen.reshape({B, T, -1}), rotations.reshape({B, T, -1})}, 2)
      .reshape({B, T / kPatchFrames, -1});
}

void KinescoreNetwork::prepareTexts(const NetworkInputs& inputs, NetworkContext& context) const {
  const std::int64_t B = inputs.batch, N = context.tokens, W = config_.width;
  // Only words that are there are looked at, and the null token once for all windows.
  const std::int64_t K = inputs.textTokens.size(1);
  const at::Tensor flat = inputs.textTokens.reshape({B * K, kTextWidth});
  const at::Tensor there = flat.abs().amax(1).gt(0).nonzero().squeeze(1);
  const at::Tensor words = textToken_(flat.index_select(0, there)) + textSide_.index({inputs.textSides.reshape({B * K}).index_select(0, there)});
  const at::Tensor said = textKv_(textNorm_(at::cat({textNull_.view({1, W}), words}, 0)));
  const at::Tensor ofWords = at::zeros({B * K, said.size(1)}, said.options()).index_copy(0, there, said.narrow(0, 1, there.size(0)));
  const at::Tensor ofNull = said.narrow(0, 0, 1).unsqueeze(0).expand({B, 1, -1});
  const auto kv = at::cat({ofNull, ofWords.view({B, K, said.size(1)})}, 1).chunk(2 * config_.layers, -1);
  for (int i = 0; i < config_.layers; ++i) {
    context.textKeys.push_back(splitHeads(kv[2 * i], config_.heads));
    context.textValues.push_back(splitHeads(kv[2 * i + 1], config_.heads));
  }
  context.textBias = inputs.textBias;

  // the sentence where it covers a token, told apart by how far into it the token stands
  at::Tensor pooled = textNone_.view({1, 1, W}).expand({B, N, W});
  if (inputs.sentences.size(1) > 0) {
    const at::Tensor sentence =
        textSentence_(inputs.sentences) + at::matmul(inputs.sentenceSides, sentenceSide_);  // [B][S][W]
    const at::Tensor placed = at::silu(sentence.unsqueeze(1) + at::matmul(inputs.progress, progress_));
    const at::Tensor cover = inputs.cover.unsqueeze(-1);
    const at::Tensor total = inputs.cover.sum(-1, true);
    const at::Tensor sum = textPool_((placed * cover).sum(2)) * total.clamp_max(1.0);
    pooled = sum + pooled * (1 - total).clamp_min(0.0);
  }
  context.sentence = pooled + quality_.index({inputs.quality}).unsqueeze(1);
  context.tokenInput = context.tokenInput + textInput_(at::silu(pooled));
}

void KinescoreNetwork::prepareReferences(const NetworkInputs& inputs, NetworkContext& context) const {
  const std::int64_t M = inputs.referenceValues.size(1), R = config_.referenceWidth;
  context.hasReferences = M > 0;
  if (!context.hasReferences) return;
  // Only windows that are shown something are looked at.
  const at::Tensor shown = inputs.referenceOwner.ge(0).any(1).nonzero().squeeze(1);
  at::Tensor x = referenceInput_(inputs.referenceValues.index_select(0, shown));
  const std::int64_t half = R / 2;
  const at::Tensor rates = at::exp(at::arange(half, x.options()) * (-std::log(200.0) / double(half)));
  const at::Tensor angles = inputs.referenceTime.index_select(0, shown).to(at::kFloat).unsqueeze(-1) * rates;
  x = x + at::cat({angles.sin(), angles.cos()}, -1);
  // every clip by itself
  const at::Tensor owner = inputs.referenceOwner.index_select(0, shown);
  const at::Tensor foreign = (owner.unsqueeze(2) != owner.unsqueeze(1)).to(at::kFloat) * -1e4;
  const int headCount = int(R / 32);
  for (const ReferenceLayer& layer : referenceLayers_) {
    const auto qkv = layer.qkv(layer.norm0(x)).chunk(3, -1);
    const at::Tensor seen = at::scaled_dot_product_attention(splitHeads(qkv[0], headCount), splitHeads(qkv[1], headCount),
                                                             splitHeads(qkv[2], headCount), foreign.unsqueeze(1));
    x = x + layer.out(joinHeads(seen));
    x = x + layer.feed1(at::gelu(layer.feed0(layer.norm1(x)), "tanh"));
  }
  const auto kv = referenceKv_(referenceNorm_(x)).chunk(2 * config_.layers, -1);
  for (int i = 0; i < config_.layers; ++i) {
    context.referenceKeys.push_back(splitHeads(kv[2 * i], config_.heads));
    context.referenceValues.push_back(splitHeads(kv[2 * i + 1], config_.heads));
  }
  context.shown = shown;
  context.referenceBias = inputs.referenceBias.index_select(0, shown);
  context.referenceGiven = inputs.referenceGiven.index_select(0, shown);
}

NetworkContext KinescoreNetwork::prepare(const NetworkInputs& inputs) const {
  NetworkContext context;
  context.batch = inputs.batch;
  context.patches = inputs.frames / kPatchFrames;
  context.tokens = (context.patches + config_.tokenPatches - 1) / config_.tokenPatches;
  assert(inputs.cover.size(1) == context.tokens);  // gathered for this size of token
  context.padded = inputs.padded;
  context.valid = inputs.valid;
  context.lastFrame = inputs.lastFrame;
  context.known = inputs.known;
  context.knownMask = inputs.knownMask;
  context.hasKnown = inputs.knownMask.any().item<bool>();
  context.spectrum = poseSpectrum(prior_, context.patches);
  prepareMasks(inputs, context);
  prepareExact(inputs, context);
  const std::int64_t N = context.tokens;
  const at::Tensor index = at::arange(N, inputs.known.options());
  std::vector<at::Tensor> place;
  for (int k = 0; k < kPositionFeatures / 2; ++k) {
    const at::Tensor angle = index * (M_PI / 192.0 * std::pow(2.0, k) * config_.tokenPatches);
    place.push_back(angle.sin());
    place.push_back(angle.cos());
  }
  const at::Tensor frames = at::cat({inputs.known * inputs.knownMask, inputs.knownMask, inputs.world}, -1);
  const auto patchesOf = [&](const at::Tensor& rows) { return rows.reshape({inputs.batch, context.patches, -1}); };
  const at::Tensor rows = at::cat({byToken(patchesOf(frames), context),
                                   at::stack(place, -1).unsqueeze(0).expand({inputs.batch, N, -1})},
                                  -1);
  context.tokenInput = condition_(rows);
  const auto addWhereTold = [&](const at::Tensor& told, const Linear& inner, const Linear& outer) {
    const at::Tensor said = outer(at::gelu(inner(byToken(patchesOf(told), context)), "tanh"));
    const at::Tensor there = (told.abs().amax(2, true) > 0).to(at::kFloat);  // a bias is not to speak elsewhere
    context.tokenInput = context.tokenInput + said * byToken(patchesOf(there), context).amax(2, true);
  };
  if (inputs.hasSenses && config_.senses > 0) addWhereTold(inputs.senses, senses0_, senses1_);
  if (inputs.hasDraft && config_.draft > 0) addWhereTold(inputs.draft, draft0_, draft1_);
  prepareTexts(inputs, context);
  prepareReferences(inputs, context);
  return context;
}

at::Tensor KinescoreNetwork::selfAttention(const Layer& layer, const at::Tensor& x, const NetworkContext& context,
                                           bool narrow) const {
  const std::int64_t B = x.size(0), N = x.size(1), H = config_.heads, D = config_.width / H;
  const at::Tensor qkv = layer.qkv(x).view({B, N, 3, H, D});
  const at::Tensor qk = rotateHalves(qkv.narrow(2, 0, 2), context.cosine, context.sine);
  const at::Tensor seen = at::scaled_dot_product_attention(
      qk.select(2, 0).transpose(1, 2), qk.select(2, 1).transpose(1, 2), qkv.select(2, 2).transpose(1, 2),
      (narrow ? context.narrowMask : context.wideMask).expand({B, H, N, N}));
  return layer.selfOut(joinHeads(seen));
}

at::Tensor KinescoreNetwork::crossAttention(int index, const at::Tensor& x, const NetworkContext& context) const {
  const Layer& layer = layers_[index];
  const std::int64_t B = x.size(0), N = x.size(1), H = config_.heads;
  const at::Tensor query = splitHeads(layer.query(layer.crossNorm(x)), config_.heads);
  at::Tensor seen = at::scaled_dot_product_attention(query, context.textKeys[index], context.textValues[index],
                                                     context.textBias.expand({B, H, N, -1}));
  seen = joinHeads(seen);
  if (context.hasReferences) {
    const at::Tensor recalled = joinHeads(at::scaled_dot_product_attention(
        query.index_select(0, context.shown), context.referenceKeys[index], context.referenceValues[index],
        context.referenceBias.expand({-1, H, N, -1})));
    seen = seen.index_add(0, context.shown, recalled * context.referenceGiven * referenceGate_.select(0, index));
  }
  return layer.crossOut(seen);
}

// The seams between tokens show in second differences; five frames around each are mixed, starting
// from not at all.
at::Tensor KinescoreNetwork::smoothOverSeams(const at::Tensor& clean, const NetworkContext& context) const {
  const std::int64_t T = clean.size(1);
  at::Tensor source = clean;
  if (context.padded) {  // the last frame goes on, so that padding does not leak in
    const at::Tensor last =
        clean.gather(1, context.lastFrame.view({-1, 1, 1}).expand({clean.size(0), 1, clean.size(2)}));
    source = clean * context.valid + last * (1 - context.valid);
  }
  const at::Tensor first = source.narrow(1, 0, 1), last = source.narrow(1, T - 1, 1);
  const at::Tensor wide = at::cat({first, first, source, last, last}, 1);
  at::Tensor result = clean;
  for (int k = 0; k < 5; ++k) result = result + wide.narrow(1, k, T) * smooth_.select(0, k);
  return result;
}

// The smoothed root as the pose and the heading tell it: its height is the hips' height smoothed, and it goes
// where the hips' steps lead, from where it is seen to start. Normalised, [B][T][3].
at::Tensor KinescoreNetwork::trackOfPose(const at::Tensor& pose, const at::Tensor& heading, const RootEstimate& root,
                                         const NetworkContext& context) const {
  constexpr int kHeight = kPositionChannel - kRootChannels + 3 * kHips + 1;
  constexpr int kSpeed = kVelocityChannel - kRootChannels + 3 * kHips;
  const auto metres = [&](int channel) {
    return pose.narrow(2, channel, 1) * prior_.poseScale[channel] + prior_.poseCentre[channel];
  };
  const at::Tensor turn = heading * prior_.rootScale.narrow(0, 3, 2) + prior_.rootCentre.narrow(0, 3, 2);
  const at::Tensor unit = turn / turn.square().sum(2, true).clamp_min(1e-4).sqrt();
  const at::Tensor c = unit.narrow(2, 0, 1), s = unit.narrow(2, 1, 1);
  const at::Tensor vx = metres(kSpeed), vz = metres(kSpeed + 2);
  const at::Tensor speed = at::matmul(context.rootDefinition, at::cat({c * vx + s * vz, c * vz - s * vx}, 2));
  const at::Tensor steps = speed / (30.0 * at::stack({prior_.rootScale[0], prior_.rootScale[2]}));
  const at::Tensor track = steps.cumsum(1) - steps;  // the first frame has not moved yet
  const at::Tensor height =
      (at::matmul(context.rootDefinition, metres(kHeight)) - prior_.rootCentre[1]) / prior_.rootScale[1];
  const at::Tensor start = root.value.narrow(1, 0, 1);
  return at::cat({start.narrow(2, 0, 1) + track.narrow(2, 0, 1), height, start.narrow(2, 2, 1) + track.narrow(2, 1, 1)},
                 2);
}

at::Tensor KinescoreNetwork::denoise(const NetworkContext& context, const at::Tensor& noisy, const at::Tensor& logSnr,
                                     const Dropout* dropout, const std::function<bool()>& stopped) const {
  const std::int64_t B = context.batch, N = context.patches, T = N * kPatchFrames, D = toldDirections(config_);
  assert(noisy.size(0) == B && noisy.size(1) == T && noisy.size(2) == kFeatureCount);
  const PoseGain linear = poseGain(prior_, context.spectrum, logSnr);
  const at::Tensor unknown = 1 - context.knownMask;
  const at::Tensor knownPose = context.known.narrow(2, kRootChannels, kPoseChannels) * context.knownMask;
  const at::Tensor seen = noisy.narrow(2, kRootChannels, kPoseChannels) * unknown + knownPose * linear.signal;
  const at::Tensor centred = seen.reshape({B, N, kPosePatch}) - prior_.mean * linear.signal;
  at::Tensor looks = at::matmul(centred, prior_.directions);
  if (context.padded) {  // the last patch goes on, so that padding does not leak in
    const at::Tensor patchValid = context.valid.view({B, N, kPatchFrames}).narrow(2, 0, 1);
    const at::Tensor lastPatch = at::div(context.lastFrame, kPatchFrames, "floor").view({-1, 1, 1});
    looks = looks * patchValid + looks.gather(1, lastPatch.expand({B, 1, kPosePatch})) * (1 - patchValid);
  }
  const at::Tensor& transform = context.spectrum.transform;
  at::Tensor estimate = at::matmul(transform.t(), at::matmul(transform, looks) * linear.gain);
  const at::Tensor whitening = inputScale_ * prior_.variances.rsqrt();
  const RootEvidence evidence = rootEvidence(noisy.narrow(2, 0, kRootChannels), logSnr, context.exactRoot,
                                             context.exactRootMask, context.valid);
  RootEstimate root = estimateRoot(prior_, evidence);
  const at::Tensor back = prior_.directions.t();
  const auto poseOf = [&](const at::Tensor& directions) {
    return at::matmul(directions, back).view({B, T, kPoseChannels});
  };
  const at::Tensor mean = prior_.mean.view({1, kPatchFrames, kPoseChannels}).repeat({1, N, 1});
  if (context.targets.windows.size(0) > 0) {
    const TargetPull pull = pullToTargets(prior_, context.spectrum, logSnr, evidence, context.targets,
                                          {root.value, poseOf(estimate) + mean});
    estimate = estimate + pull.directions;
    root.value = root.value + at::constant_pad_nd(pull.place, {0, kRootChannels - 3});
  }

  const auto leading = [&](const at::Tensor& directions) { return directions.narrow(-1, 0, D); };
  const at::Tensor news = at::cat({leading(estimate) * leading(whitening), leading(looks) * leading(linear.lone * whitening),
                                   rootAndTargets(root, context)}, 2);
  at::Tensor x = input_(byToken(news, context)) + context.tokenInput;
  const at::Tensor level = time1_(at::silu(time0_(timeFeatures(logSnr)))).unsqueeze(1);
  const at::Tensor told = at::silu(context.sentence + level);
  const at::Tensor modulation = modulation_(told);
  const at::Tensor layerModulation = modulation.narrow(-1, 0, kLayerModulations * config_.width);
  for (int i = 0; i < config_.layers; ++i) {
    if (stopped && stopped()) return {};
    const Layer& layer = layers_[i];
    const auto m = (layerModulation + layer.modulationBias).chunk(kLayerModulations, -1);
    const at::Tensor calm = plainNorm(x);
    const at::Tensor a = selfAttention(layer, at::addcmul(calm + m[0], calm, m[1]), context, i % 2 == 1);
    x = at::addcmul(x, m[2], thinnedOut(a, dropout));
    x = x + thinnedOut(crossAttention(i, x, context), dropout);
    const at::Tensor normal = plainNorm(x);
    const at::Tensor f = layer.feed1(at::gelu(layer.feed0(at::addcmul(normal + m[3], normal, m[4])), "tanh"));
    x = at::addcmul(x, m[5], thinnedOut(f, dropout));
  }
  const auto last = (modulation.narrow(-1, kLayerModulations * config_.width, 2 * config_.width) + finalBias_).chunk(2, -1);
  const at::Tensor normal = plainNorm(x);
  at::Tensor said = byPatch(output_(at::addcmul(normal + last[0], normal, last[1])), context);
  if (context.lookShare != 1) {
    said = at::where((logSnr < kLookBelow).view({-1, 1, 1}), said * context.lookShare, said);
  }

  at::Tensor gate = gate_(told);
  if (config_.tokenPatches > 1) gate = gate.repeat_interleave(config_.tokenPatches, 1).narrow(1, 0, N);
  const at::Tensor gated = estimate + estimate * gate;
  at::Tensor aboutPose = said.narrow(2, 0, D) * leading(linear.deviation);
  if (D < kPosePatch) aboutPose = at::constant_pad_nd(aboutPose, {0, kPosePatch - D});
  const at::Tensor unsmoothed =
      context.hasKnown ? (poseOf(gated) + mean) * unknown + knownPose +
                             poseOf(aboutPose) * (1 - context.knownMask * (1 - kSayAboutKnownFrames))
                       : poseOf(gated + aboutPose) + mean;  // one product where nothing is known
  const at::Tensor pose = smoothOverSeams(unsmoothed, context);
  const at::Tensor aboutRoot =
      said.narrow(2, D, kPatchFrames * kRootChannels).reshape({B, T, kRootChannels});
  const at::Tensor heading = root.value.narrow(2, 3, 2) + at::matmul(context.headingSmoothing, aboutRoot.narrow(2, 3, 2)) *
                                                              root.deviation.narrow(2, 3, 2);
  const at::Tensor place = pullToEvidence(prior_, evidence, trackOfPose(pose, heading, root, context)) +
                           at::matmul(context.rootSmoothing, aboutRoot.narrow(2, 0, 3)) * root.deviation.narrow(2, 0, 3);
  if (context.targets.windows.size(0) == 0) return at::cat({place, heading, pose}, 2);
  const TargetPull pull = pullToTargets(prior_, context.spectrum, logSnr, evidence, context.targets,
                                        {at::cat({place, heading}, 2), pose, kTrackDeviation, true});
  return at::cat({place + pull.place, heading, pose + poseOf(pull.directions)}, 2);
}

}  // namespace kinescore
