#include "engine/network/gem/gem_generator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "engine/core/hash.h"
#include "engine/generation/body_view.h"
#include "engine/network/gem/heard_score.h"
#include "engine/network/gem/network_file.h"
#include "engine/network/gem/sampler.h"
#include "tests/engine/network/gem/gem_files.h"

namespace kinescore {
namespace {

using namespace gem;
using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
namespace fs = std::filesystem;

class GemGeneratorTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared_ = new TemporaryFolder();
    writeNetwork(*shared_ / "small.safetensors", tinyNetwork());
    writeTinyT5(*shared_ / "t5-3b");
  }
  static void TearDownTestSuite() {
    delete shared_;
    shared_ = nullptr;
  }

  static GemGeneratorOptions options() {
    GemGeneratorOptions made;
    made.weights = *shared_ / "small.safetensors";
    made.textFolders = {*shared_ / "nowhere", *shared_ / "t5-3b"};
    made.device = DeviceChoice::Cpu;
    return made;
  }
  static std::unique_ptr<MotionGenerator> open(GemGeneratorOptions options) {
    auto generator = openGemGenerator(std::move(options));
    EXPECT_TRUE(generator) << generator.error().message;
    return *std::move(generator);
  }
  static GenerationRequest request(double seconds = 2) {
    GenerationRequest made;
    made.span.end = ticksFromSeconds(seconds);
    made.texts.push_back({made.span, "a person walks", BodyPart::Whole, {}});
    made.quality = Quality::Draft;
    made.device = DeviceChoice::Cpu;
    return made;
  }
  static ViewRequest view(double seconds) {
    const auto skeleton = kinescore22();
    const WorldPose rest = forwardKinematics(*skeleton, restPose(*skeleton));
    ViewRequest seen;
    seen.span.end = ticksFromSeconds(seconds);
    seen.frames.assign(std::size_t(seconds * 30),
                       seenBy(lookingAt({0, 1, 4}, {0, 1, 0}), viewPointsOf(rest)));
    return seen;
  }
  static GeneratedMotion made(MotionGenerator& generator, const GenerationRequest& request) {
    Result<GeneratedMotion> result = generator.generate(request, {}, {});
    EXPECT_TRUE(result) << result.error().message;
    return *std::move(result);
  }
  static void expectRefused(const fs::path& file, const std::string& part, int exitCode = 3) {
    GemGeneratorOptions with = options();
    with.weights = file;
    auto generator = openGemGenerator(with);
    std::optional<Error> error;
    if (!generator)
      error = generator.error();
    else if (auto result = (*generator)->generate(request(), {}, {}); !result)
      error = result.error();
    ASSERT_TRUE(error) << part;
    EXPECT_THAT(error->message, HasSubstr(part));
    EXPECT_EQ(exitCodeOf(error->code), exitCode) << error->message;
  }

  static TemporaryFolder* shared_;
  TemporaryFolder folder_;
};
TemporaryFolder* GemGeneratorTest::shared_ = nullptr;

auto line(const std::string& sentence) {
  return Contains(Field(&ReportLine::sentence, HasSubstr(sentence)));
}

TEST_F(GemGeneratorTest, SaysWhatItIsBeforeAnythingIsLoaded) {
  EXPECT_EQ(open(options())->describe(), "CPU · gem small");
}

TEST_F(GemGeneratorTest, LoadingIsPlannedWithItsLargestPartTwice) {
  std::uint64_t besideLayers = 0, ofABlock = 0;
  for (const auto& [name, tensor] : tinyNetwork()) {
    const bool isInLayer = name.find(".blocks.") != std::string::npos || name.find("_layers.") != std::string::npos;
    if (!isInLayer) besideLayers += tensor.nbytes();
    if (name.find(".blocks.1.") != std::string::npos) ofABlock += tensor.nbytes();
  }
  ASSERT_GT(besideLayers, ofABlock);
  EXPECT_EQ(NetworkFile::open(options().weights)->loadingBytes(), 2 * besideLayers);
}

TEST_F(GemGeneratorTest, PerformsATextTwiceWithTheSameBits) {
  const auto generator = open(options());
  const GeneratedMotion first = made(*generator, request());
  EXPECT_EQ(first.motion->frameCount(), 60);
  EXPECT_EQ(first.networkEvaluations, 2 * gemStepsOf(Quality::Draft))
      << "with the text and without it";
  EXPECT_THAT(first.precisionPath, testing::AnyOf("cpu-fp32", "cpu-bf16")) << "by what the processor computes with";
  EXPECT_EQ(first.modelHash, sha256Hex(bytesOf(options().weights)));
  EXPECT_THAT(first.report.lines, line("Memory planned"));
  EXPECT_THAT(first.report.lines, line("Kinescore's own body"));
  const std::string hash = identityHash(*first.motion);
  EXPECT_EQ(identityHash(*made(*generator, request()).motion), hash);
  EXPECT_EQ(identityHash(*made(*open(options()), request()).motion), hash) << "a second process";
  GenerationRequest threads = request();
  threads.threads = 4;
  EXPECT_EQ(identityHash(*made(*open(options()), threads).motion), hash) << "any number of threads";
}

TEST_F(GemGeneratorTest, SeedsTextsAndQualitiesMatter) {
  const auto generator = open(options());
  const std::string hash = identityHash(*made(*generator, request()).motion);
  GenerationRequest other = request();
  other.seed = 2;
  EXPECT_NE(identityHash(*made(*generator, other).motion), hash);
  other = request();
  other.texts[0].prompt = "the";
  EXPECT_NE(identityHash(*made(*generator, other).motion), hash);
  other = request();
  other.quality = Quality::Good;
  const GeneratedMotion good = made(*generator, other);
  EXPECT_NE(identityHash(*good.motion), hash);
  EXPECT_EQ(good.networkEvaluations, 100);
}

TEST_F(GemGeneratorTest, ATextMattersWhereItIs) {
  const auto generator = open(options());
  GenerationRequest early = request(), late = request();
  early.texts[0].span = {{0}, ticksFromSeconds(1)};
  late.texts[0].span = {ticksFromSeconds(1), ticksFromSeconds(2)};
  EXPECT_NE(identityHash(*made(*generator, early).motion),
            identityHash(*made(*generator, late).motion));
}

TEST_F(GemGeneratorTest, AViewAloneIsEstimatedInOneLook) {
  GenerationRequest seen = request();
  seen.texts.clear();
  seen.views = {view(2)};
  seen.estimate = true;
  const auto generator = open(options());
  const GeneratedMotion result = made(*generator, seen);
  EXPECT_EQ(result.networkEvaluations, 1);
  seen.seed = 7;
  EXPECT_EQ(identityHash(*made(*generator, seen).motion), identityHash(*result.motion))
      << "nothing is drawn";
  seen.views[0].frames[20].points[9].x += 0.05f;
  EXPECT_NE(identityHash(*made(*generator, seen).motion), identityHash(*result.motion));
}

TEST_F(GemGeneratorTest, TheWiringForVideoPerformsAView) {
  GemGeneratorOptions video = options();
  video.weights = writeNetwork(folder_ / "video.safetensors", tinyNetwork(Wiring::Regression));
  GenerationRequest seen = request();
  seen.views = {view(2)};
  const GeneratedMotion result = made(*open(video), seen);
  EXPECT_EQ(result.networkEvaluations, 1);
  EXPECT_THAT(result.report.lines, line("1 text was left out"));
}

TEST_F(GemGeneratorTest, KeysAreMet) {
  GenerationRequest keyed = request();
  PoseKeyRequest key;
  key.time = ticksFromSeconds(1);
  key.pose = restPose(*kinescore22());
  key.pose.rootPosition.x = 0.4f;
  keyed.poses = {key};
  const GeneratedMotion result = made(*open(options()), keyed);
  EXPECT_LT(result.report.keyErrorWorstMeters, 0.011);
  EXPECT_NEAR(result.motion->rootPositions[30].x, 0.4, 0.011);
  EXPECT_THAT(result.report.lines, line("met after the network"));
}

TEST_F(GemGeneratorTest, OfARangeEverythingElseKeepsItsBits) {
  const auto generator = open(options());
  const auto base = made(*generator, request(4)).motion;
  GenerationRequest part = request(4);
  part.seed = 5;
  part.range = FrameRange{40, 70};
  part.base = base;
  const auto motion = made(*generator, part).motion;
  EXPECT_EQ(identityHash(*motion, {0, 40}), identityHash(*base, {0, 40}));
  EXPECT_EQ(identityHash(*motion, {70, 120}), identityHash(*base, {70, 120}));
  EXPECT_NE(identityHash(*motion, {40, 70}), identityHash(*base, {40, 70}));
  // joined: neither end jumps
  for (const std::size_t f : {40u, 70u}) {
    EXPECT_LT(glm::length(motion->rootPositions[f] - motion->rootPositions[f - 1]), 0.25f) << f;
  }
}

TEST_F(GemGeneratorTest, LongPerformancesRunInOneGo) {
  const GeneratedMotion result = made(*open(options()), request(20));
  EXPECT_EQ(result.motion->frameCount(), 600);
}

TEST_F(GemGeneratorTest, WithoutT5TheReportSaysWhatToPutWhere) {
  GemGeneratorOptions none = options();
  none.textFolders = {*shared_ / "nowhere"};
  GenerationRequest seen = request();
  seen.views = {view(2)};
  const GeneratedMotion result = made(*open(none), seen);
  EXPECT_EQ(result.networkEvaluations, gemStepsOf(Quality::Draft))
      << "one branch: there is nothing to guide by";
  EXPECT_THAT(result.report.lines,
              Contains(Field(&ReportLine::detail, HasSubstr((*shared_ / "nowhere").string()))));
  const auto alone = open(none)->generate(request(), {}, {});
  ASSERT_FALSE(alone);
  EXPECT_THAT(alone.error().message, HasSubstr("T5-3B"));
  EXPECT_EQ(exitCodeOf(alone.error().code), 3);
}

// As while it is being fetched.
TEST_F(GemGeneratorTest, OfHalfAT5TheReportSaysWhatIsMissingAndTheRestIsPerformed) {
  const fs::path half = folder_ / "t5-half";
  fs::create_directories(half);
  GemGeneratorOptions begun = options();
  begun.textFolders = {half};
  GenerationRequest seen = request();
  seen.views = {view(2)};
  const auto isMissing = [&](const std::string& what) {
    EXPECT_THAT(made(*open(begun), seen).report.lines,
                Contains(Field(&ReportLine::detail, AllOf(HasSubstr("T5-3B"), HasSubstr(what)))));
    const auto alone = open(begun)->generate(request(), {}, {});
    ASSERT_FALSE(alone);
    EXPECT_THAT(alone.error().message, HasSubstr(what));
    EXPECT_EQ(exitCodeOf(alone.error().code), 3);
  };
  isMissing("spiece.model” does not exist");
  fs::copy_file(*shared_ / "t5-3b" / "spiece.model", half / "spiece.model");
  isMissing("holds neither model.safetensors");
  putBytes(half / "model.safetensors.index.json", R"({"weight_map": {"shared.weight": "first.safetensors"}})");
  isMissing("first.safetensors” does not exist");
  begun.textFolders = {half, *shared_ / "t5-3b"};
  EXPECT_EQ(made(*open(begun), request()).networkEvaluations, 2 * gemStepsOf(Quality::Draft)) << "the next folder has it";
  putBytes(half / "model.safetensors", "no tensors");
  EXPECT_THAT(open(begun)->generate(seen, {}, {}).error().message, HasSubstr("T5 cannot be read")) << "damage is no gap";
}

TEST_F(GemGeneratorTest, AnotherT5IsRefused) {
  GemGeneratorOptions other = options();
  other.textFolders = {writeTinyT5(folder_ / "t5-small", 512)};
  const auto result = open(other)->generate(request(), {}, {});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("of width 512"));
}

TEST_F(GemGeneratorTest, SoundIsHeard) {
  GemGeneratorOptions sounding = options();
  float loudness = 0;
  sounding.readSound = [&](const GenerationRequest& asked, std::stop_token) -> Result<SoundFrames> {
    SoundFrames sound;
    const auto frames = std::size_t(asked.frameCount());
    sound.music.assign(frames * kMusicChannels, loudness);
    sound.hasMusic.assign(frames, 1);
    sound.speech.assign(frames * kSpeechSamples, loudness);
    sound.hasSpeech.assign(frames, 1);
    return sound;
  };
  sounding.textFolders.clear();
  const auto generator = open(sounding);
  const auto quiet = made(*generator, request()).motion;
  loudness = 0.5f;
  EXPECT_NE(identityHash(*made(*generator, request()).motion), identityHash(*quiet));
}

TEST_F(GemGeneratorTest, ProgressLoadsThenSamplesThenSolves) {
  using Phase = GenerationProgress::Phase;
  std::vector<GenerationProgress> heard;
  ASSERT_TRUE(open(options())->generate(request(), [&](const auto& p) { heard.push_back(p); }, {}));
  ASSERT_FALSE(heard.empty());
  EXPECT_EQ(heard.front().phase, Phase::Loading);
  EXPECT_EQ(heard.back().phase, Phase::Done);
  for (std::size_t i = 1; i < heard.size(); ++i) {
    EXPECT_GE(int(heard[i].phase), int(heard[i - 1].phase));
    EXPECT_GE(heard[i].fraction, heard[i - 1].fraction) << i;
  }
}

TEST_F(GemGeneratorTest, StopsAtOnceAndGoesOnWithTheNext) {
  const auto generator = open(options());
  made(*generator, request());
  GenerationRequest long_ = request(120);
  long_.quality = Quality::Best;
  std::stop_source stop;
  std::chrono::steady_clock::time_point asked;
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    asked = std::chrono::steady_clock::now();
    stop.request_stop();
  });
  const auto result = generator->generate(long_, {}, stop.get_token());
  const auto answered = std::chrono::steady_clock::now();
  stopper.join();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
  EXPECT_LT(answered - asked, std::chrono::milliseconds(100));
  EXPECT_EQ(made(*generator, request()).motion->frameCount(), 60);
}

TEST_F(GemGeneratorTest, FilesThatAreNoGemAreRefusedWithASentence) {
  const std::string whole = bytesOf(options().weights);
  const auto written = [&](const char* name, const std::string& bytes) {
    putBytes(folder_ / name, bytes);
    return folder_ / name;
  };
  expectRefused(folder_ / "none.safetensors", "does not exist");
  expectRefused(written("cut.safetensors", whole.substr(0, whole.size() / 2)), "cut.safetensors");
  expectRefused(written("empty.safetensors", ""), "too short");
  expectRefused(written("gem_smpl.ckpt", "any"),
                "kinescore weights convert gem_smpl.ckpt -o gem_smpl.safetensors");
  expectRefused(written("renamed.safetensors", std::string("PK\x03\x04", 4) + whole),
                "is a PyTorch checkpoint");

  const auto changed = [&](const char* name, auto change) {
    NamedTensors tensors = tinyNetwork();
    change(tensors);
    return writeNetwork(folder_ / name, tensors);
  };
  expectRefused(changed("extra.safetensors", [](auto& t) { t["somebody.else"] = at::zeros({3}); }),
                "“somebody.else” belongs to something else");
  expectRefused(
      changed("missing.safetensors", [](auto& t) { t.erase("embed_noisyobs.fc1.weight"); }),
      "“embed_noisyobs.fc1.weight” is missing");
  expectRefused(changed("shape.safetensors",
                        [](auto& t) {
                          t["learned_pos_params"] = at::zeros({17, 31});
                        }),
                "is 17 × 31 and not 17 × 32");
  expectRefused(changed("other.safetensors",
                        [](auto& t) {
                          t = {{"a", at::zeros({1})}};
                        }),
                "the denoiser is not in them");
  expectRefused(changed("nan.safetensors",
                        [](auto& t) {
                          t["learned_pos_params"].index_put_({3, 4}, std::nanf(""));
                        }),
                "holds a number that is not finite");
  putBytes(folder_ / "card.json", "{\"sha256\": \"00\"}");
  expectRefused(written("card.safetensors", whole), "is not the file that its card");
}

TEST_F(GemGeneratorTest, WhatItDoesNotHearIsSaid) {
  GenerationRequest asked = request();
  asked.texts.push_back({asked.span, "wave", BodyPart::LeftArm, {}});
  const GeneratedMotion result = made(*open(options()), asked);
  EXPECT_THAT(result.report.lines, line("1 text for a part of the body was left out"));
}

// The parts of a large network that is read in turn are those of one that is there as a whole.
TEST(GemNetworkFile, ReadInPartsItIsTheSameNetwork) {
  TemporaryFolder folder;
  const auto file = NetworkFile::open(writeNetwork(folder / "net.safetensors", tinyNetwork()));
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->config(), smallConfig());
  double told = -1;
  const auto inParts = file->load(at::kCPU, at::kFloat, [&](double fraction) {
    EXPECT_GE(fraction, told);
    told = fraction;
    return true;
  });
  ASSERT_TRUE(inParts) << inParts.error().message;
  EXPECT_GT(told, 0.5);
  const auto whole = SafetensorsFile::load(folder / "net.safetensors");
  const Denoiser atOnce(file->config(), *readWeights(*whole, file->config()));
  const ClipConditions clip = ClipConditions::empty(20);
  const auto asked = [&](const Denoiser& denoiser) {
    return regress(denoiser, denoiser.prepare(gatherConditions({&clip, 1}), Branches::All)).motion;
  };
  EXPECT_LT(largestDifference(asked(*inParts), asked(atOnce)), 1e-5) << "packed matrices add up in another order";

  const auto half = file->load(at::kCPU, at::kBFloat16, {});
  ASSERT_TRUE(half) << half.error().message;
  const double difference = largestDifference(asked(*half), asked(atOnce));
  EXPECT_GT(difference, 0) << "halved matrices round";
  EXPECT_LT(difference, 0.05) << "and no more than that";
  EXPECT_LT(file->weightBytes(at::kBFloat16), file->weightBytes(at::kFloat));
  const auto stopped = file->load(at::kCPU, at::kFloat, [](double) { return false; });
  EXPECT_FALSE(stopped);
}

// Branches by themselves say what both say side by side, so that a thread each changes nothing.
TEST(GemBranches, ByThemselvesSayTheSame) {
  const Config config = smallConfig();
  const Denoiser denoiser(config, loudWeights(config));
  ClipConditions clip = ClipConditions::empty(150);
  for (const auto& [begin, end, seed] : {std::tuple(0.0f, 0.5f, 3), std::tuple(0.4f, 1.0f, 4)}) {
    const at::Tensor text = randomTensor({kTextTokens, kTextChannels}, std::uint64_t(seed));
    clip.prompts.push_back(
        {{text.const_data_ptr<float>(), text.const_data_ptr<float>() + text.numel()}, begin, end});
  }
  const ClipContext both = denoiser.prepare(gatherConditions({&clip, 1}), Branches::Guided);
  ASSERT_EQ(both.branches, 2);
  const at::Tensor noisy = randomTensor({1, 150, kMotionChannels}, 5);
  const at::Tensor time = denoiser.timeInput(at::full({1}, 500, at::kLong));
  const Prediction together = denoiser.denoise(both, noisy, time);
  for (const std::int64_t branch : {0, 1}) {
    const Prediction alone = denoiser.denoise(branchOf(both, branch), noisy, time);
    EXPECT_LT(largestDifference(alone.motion, together.motion.narrow(0, branch, 1)), 1e-5);
    EXPECT_LT(largestDifference(alone.contacts, together.contacts.narrow(0, branch, 1)), 1e-5);
  }
}

}  // namespace
}  // namespace kinescore
