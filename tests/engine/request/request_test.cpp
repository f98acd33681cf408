#include "engine/request/request.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "tests/support/takes.h"

namespace kinescore {
namespace {

GenerationRequest fullRequest() {
  CounterRandom random(5);
  GenerationRequest r = walkRequest();
  r.range = FrameRange{30, 90};
  r.base = std::make_shared<const Motion>(swayingMotion(300));
  r.baseTakeId = "base";
  r.texts.push_back({{ticksFromSeconds(2), ticksFromSeconds(4)}, "wave “hello”", BodyPart::LeftArm, {{{{0}, 0.5f}, {ticksFromSeconds(1), 1}}}});
  r.poses.push_back({ticksFromSeconds(1.3), randomPose(random), 0.5f, 0.02f});
  r.targets.push_back({ticksFromSeconds(2), kRightHand, {0.1f, 1.2f, 0.3f}, randomRotation(random), 1, 0.01f});
  r.targets.push_back({ticksFromSeconds(3), kHead, {0, 1.6f, 0}, std::nullopt, 0.25f, 0.05f});
  r.paths.push_back({{{{0}, {0, 0}, 0.1f}, {ticksFromSeconds(10), {0, 5}, std::nullopt}}, 0.9f});
  r.contacts.push_back({{ticksFromSeconds(1), ticksFromSeconds(2)}, 2, glm::vec3(0.1f, 0, 0.2f)});
  r.contacts.push_back({{ticksFromSeconds(3), ticksFromSeconds(4)}, 0, std::nullopt});
  r.references.push_back({{ticksFromSeconds(1), ticksFromSeconds(2)}, "walk-04", true, 0.7f, ticksFromSeconds(3),
                          ticksFromSeconds(5), 1.25});
  r.automaticReferences = 3;
  r.wishes.pins = {{"cmu_16_02", TimeRange{ticksFromSeconds(1), ticksFromSeconds(3)}, "walk"}, {"mine/sneak", std::nullopt, {}}};
  r.wishes.forbidden = {"cmu_10_04"};
  r.draft = DraftRequest{std::make_shared<const Motion>(swayingMotion(90)), "rough.bvh", ticksFromSeconds(1), 0.5f, "9f2c"};
  r.rhythms.push_back({{ticksFromSeconds(1), ticksFromSeconds(9)}, 96.5, ticksFromSeconds(-0.25), 3, {{{{0}, 0.75f}}}});
  ViewRequest view;
  view.span = {{0}, ticksFromSeconds(2)};
  view.framesPerSecond = 59.94;
  view.frames.resize(2);
  view.frames[1].points[4] = {0.125f, -0.5f};
  view.frames[1].confidence[4] = 0.9f;
  view.frames[1].cameraTurning = {0, 0.1f, -0.2f};
  r.views.push_back(view);
  r.estimate = true;
  r.seed = 0xFFFF'FFFF'FFFF'FFFFull;
  r.quality = Quality::Best;
  r.sampling = {24, 2.5, Sampler::Ddim, "jump"};
  r.device = DeviceChoice::Cuda;
  r.threads = 2;
  return r;
}

TEST(RequestTest, WithoutWishesOrADraftTheTextIsAsBefore) {
  const std::string text = writeRequest(walkRequest());
  EXPECT_EQ(text.find("wishes"), std::string::npos);
  EXPECT_EQ(text.find("draft"), std::string::npos);
  EXPECT_EQ(text.find("sampling"), std::string::npos);
}

void expectRefused(const GenerationRequest& request, const std::string& part) {
  const Status checked = checkRequest(request);
  ASSERT_FALSE(checked) << part;
  EXPECT_NE(checked.error().message.find(part), std::string::npos) << checked.error().message;
  EXPECT_EQ(exitCodeOf(checked.error().code), 2);
}

TEST(RequestTest, SurvivesAsJson) {
  const GenerationRequest asked = fullRequest();

  const Result<GenerationRequest> read = readRequest(writeRequest(asked));

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->span, asked.span);
  EXPECT_EQ(read->range, asked.range);
  EXPECT_EQ(read->base, nullptr) << "the motion is not part of the text";
  EXPECT_EQ(read->baseTakeId, asked.baseTakeId);
  EXPECT_EQ(read->texts, asked.texts);
  EXPECT_EQ(read->poses, asked.poses);
  EXPECT_EQ(read->targets, asked.targets);
  EXPECT_EQ(read->paths, asked.paths);
  EXPECT_EQ(read->contacts, asked.contacts);
  EXPECT_EQ(read->references, asked.references);
  EXPECT_EQ(read->wishes, asked.wishes);
  EXPECT_EQ(read->sampling, asked.sampling);
  ASSERT_TRUE(read->draft);
  EXPECT_EQ(read->draft->name, "rough.bvh");
  EXPECT_EQ(read->draft->start, ticksFromSeconds(1));
  EXPECT_EQ(read->draft->strength, 0.5f);
  EXPECT_TRUE(sameDraft(read->draft, asked.draft));
  std::optional<DraftRequest> another = read->draft;
  another->motionHash = "9f2d";
  EXPECT_FALSE(sameDraft(another, asked.draft));
  EXPECT_FALSE(sameDraft(std::nullopt, asked.draft));
  EXPECT_EQ(writeRequest(*read), writeRequest(asked)) << "a take that was read is stored under the same id";
  EXPECT_EQ(read->rhythms, asked.rhythms);
  EXPECT_EQ(read->views, asked.views);
  EXPECT_EQ(read->estimate, asked.estimate);
  EXPECT_EQ(read->seed, asked.seed);
  EXPECT_EQ(read->quality, asked.quality);
  EXPECT_EQ(read->device, asked.device);
  EXPECT_EQ(read->threads, asked.threads);
  EXPECT_EQ(writeRequest(*read), writeRequest(asked));
}

TEST(RequestTest, CutTextIsRefusedAtEveryByte) {
  const std::string text = writeRequest(fullRequest());
  for (std::size_t cut = 0; cut < text.size(); ++cut) ASSERT_FALSE(readRequest(text.substr(0, cut))) << cut;
  EXPECT_FALSE(readRequest(R"({"version":9,"span":[0,1]})"));
  EXPECT_FALSE(readRequest(R"({"version":1,"span":[0,1],"texts":[3]})"));
  EXPECT_FALSE(readRequest(R"({"version":1,"span":[0,1],"quality":"superb"})"));
}

TEST(RequestTest, AWholeRequestIsAccepted) {
  const Status checked = checkRequest(fullRequest());
  EXPECT_TRUE(checked) << checked.error().message;
}

TEST(RequestTest, NamesTheCulprit) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto refused = [](auto change, const std::string& part) {
    GenerationRequest request = fullRequest();
    change(request);
    expectRefused(request, part);
  };
  refused([](auto& r) { r.texts[0].prompt = " \n"; }, "The prompt at 0 s is empty");
  refused([](auto& r) { r.texts[1].prompt = std::string(kMaxPromptBytes + 1, 'a'); }, "The prompt at 2 s is longer");
  refused([](auto& r) { r.texts[1].span.end = ticksFromSeconds(11); }, "“wave “hello”” reaches outside the performance, which ends at 10 s");
  refused([](auto& r) { r.texts[1].strength.points[0].value = 2; }, "strength lies between 0 and 1");
  refused([](auto& r) { r.poses[0].time = ticksFromSeconds(10); }, "The pose key at 10 s lies outside");
  refused([](auto& r) { r.poses[0].pose.localRotations.pop_back(); }, "22 joints");
  refused([&](auto& r) { r.poses[0].pose.rootPosition.y = nan; }, "The pose key at 1.3 s: ");
  refused([&](auto& r) { r.poses[0].strength = nan; }, "strength");
  refused([](auto& r) { r.targets[0].joint = 22; }, "joint that does not exist");
  refused([&](auto& r) { r.targets[1].position.z = nan; }, "The target at 3 s");
  refused([](auto& r) { std::swap(r.paths[0].points[0], r.paths[0].points[1]); }, "follow one another");
  refused([](auto& r) { r.paths[0].points.clear(); }, "no points");
  refused([](auto& r) { r.paths[0].points[1].time = ticksFromSeconds(10.1); }, "A path reaches outside");
  refused([](auto& r) { r.contacts[0].contact = 4; }, "part of the foot");
  refused([](auto& r) { r.references[0].clipId.clear(); }, "names no clip");
  refused([](auto& r) { r.references[0].speed = 0; }, "speed");
  refused([](auto& r) { r.span.end = ticksFromSeconds(4000); }, "longer than an hour");
  refused([](auto& r) { r.span = {{0}, {0}}; }, "has a length");
  refused([](auto& r) { r.base.reset(); }, "There is no take yet to change a part of");
  refused([](auto& r) { r.range = FrameRange{290, 301}; }, "time selection");
  refused([](auto& r) { r.base = std::make_shared<const Motion>(swayingMotion(200)); }, "The take is 6.67 s long and the timeline 10 s");
  refused([](auto& r) { r.threads = -1; }, "threads");
  refused([](auto& r) { r.rhythms[0].beatsPerMinute = 301; }, "between 20 and 300 a minute");
  refused([&](auto& r) { r.rhythms[0].beatsPerMinute = nan; }, "between 20 and 300 a minute");
  refused([](auto& r) { r.rhythms[0].beatsPerBar = 0; }, "A bar must have");
  refused([](auto& r) { r.rhythms[0].span.end = ticksFromSeconds(11); }, "A beat reaches outside");
  refused([](auto& r) { r.views[0].frames.clear(); }, "has no frames");
  refused([&](auto& r) { r.views[0].frames[0].points[3].y = nan; }, "no number");
  refused([](auto& r) { r.views[0].frames[0].confidence[0] = 2; }, "confidence");
  refused([](auto& r) { r.views[0].framesPerSecond = 0; }, "1 to 1000 frames a second");
  expectRefused(GenerationRequest{}, "Nothing is asked for yet");
}

TEST(RequestTest, CountsTheFramesWhoseTimeLiesInTheSpan) {
  GenerationRequest request;
  request.span.end = ticksFromSeconds(10);
  EXPECT_EQ(request.frameCount(), 300);
  request.span.end = ticksFromSeconds(10) + Ticks{1};
  EXPECT_EQ(request.frameCount(), 301);
  request.span.end = ticksOfFrame(240, {24000, 1001});  // 10.01 s
  EXPECT_EQ(request.frameCount(), 301);
}

TEST(RequestTest, NamesOfQualityAndDeviceReadBack) {
  for (Quality q : {Quality::Draft, Quality::Good, Quality::Best}) EXPECT_EQ(qualityNamed(nameOf(q)), q);
  for (DeviceChoice d : {DeviceChoice::Auto, DeviceChoice::Cpu, DeviceChoice::Cuda}) EXPECT_EQ(deviceNamed(nameOf(d)), d);
  EXPECT_FALSE(qualityNamed("superb"));
  EXPECT_EQ(stepsOf(Quality::Draft), 6);
  EXPECT_EQ(stepsOf(Quality::Good), 16);
  EXPECT_EQ(stepsOf(Quality::Best), 30);
}

TEST(RequestTest, PinsAndDraftsMustBeWhole) {
  GenerationRequest r = walkRequest();
  r.wishes.pins = {{"", std::nullopt, {}}};
  expectRefused(r, "names no clip");
  r.wishes.pins = {{"cmu_16_02", TimeRange{ticksFromSeconds(3), ticksFromSeconds(1)}, {}}};
  expectRefused(r, "has no length");
  r.wishes = {};
  r.draft = DraftRequest{nullptr, "rough.bvh", {0}, 1, {}};
  expectRefused(r, "“rough.bvh” holds no motion");
  r.draft->motion = std::make_shared<const Motion>(swayingMotion(30, 1, FrameRate{60, 1}));
  expectRefused(r, "engine's own skeleton");
  r.draft->motion = std::make_shared<const Motion>(swayingMotion(30));
  r.draft->strength = 2;
  expectRefused(r, "strength of the draft");
}

TEST(RequestTest, DamagedWishesAreOneSentence) {
  const std::string whole = writeRequest(fullRequest());
  for (const char* wrong : {"{\"pins\": 3}", "[]", "{\"forbidden\": [1]}", "{\"pins\": [{}]}"}) {
    nlohmann::json json = nlohmann::json::parse(whole);
    json["wishes"] = nlohmann::json::parse(wrong);
    const auto read = readRequest(json.dump());
    ASSERT_FALSE(read) << wrong;
    EXPECT_EQ(read.error().message.find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace kinescore
