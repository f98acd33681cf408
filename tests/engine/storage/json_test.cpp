#include "engine/storage/json.h"

#include <gtest/gtest.h>

#include "engine/core/random.h"

namespace kinescore {
namespace {

void expectRefused(const std::string& text, const std::string& sentence) {
  const auto parsed = parseJson(text, "settings");
  ASSERT_FALSE(parsed) << text.substr(0, 80);
  EXPECT_EQ(parsed.error().code, ErrorCode::BadInput);
  EXPECT_EQ(parsed.error().message, sentence);
}

TEST(ParseJsonTest, ReadsWhatIsRight) {
  const auto parsed = parseJson(R"({"a":[1,-2,3.5,true,null,"é“"],"b":{"c":18446744073709551615}})", "settings");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ((*parsed)["a"][2], 3.5);
  EXPECT_EQ((*parsed)["a"][5], "é“");
  EXPECT_EQ((*parsed)["b"]["c"].get<std::uint64_t>(), 18446744073709551615ull);
}

TEST(ParseJsonTest, RefusesDuplicatesDepthAndDamage) {
  expectRefused(R"({"a":1,"b":{"x":1,"x":2}})", "The settings has the field “x” twice.");
  EXPECT_TRUE(parseJson(R"({"a":{"x":1},"b":{"x":2}})", "settings")) << "the same name in two objects";
  expectRefused(R"({"a":1)", "The settings is damaged near byte 7.");
  for (const char* bad : {"", "{", "[1,]", "{'a':1}", "nul", "[1] 2", "\"\\x\"", "\xef\xbb", "[\"\xff\"]", "NaN", "[1e999]", "[-]"}) {
    EXPECT_FALSE(parseJson(bad, "settings")) << bad;
  }
}

TEST(ParseJsonTest, DepthIsLimitedOnBothSidesOfTheEdge) {
  const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parseJson(nested(kMaxJsonDepth), "settings"));
  expectRefused(nested(kMaxJsonDepth + 1), "The settings is nested too deeply.");
  expectRefused(std::string(1'000'000, '['), "The settings is nested too deeply.");
}

TEST(ParseJsonTest, SizeIsLimited) {
  EXPECT_TRUE(parseJson("[1]", "settings", 3));
  const auto parsed = parseJson("[1] ", "settings", 3);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message, "The settings is too large to be read.");
}

TEST(ParseJsonTest, RandomDamageIsAnswered) {
  const std::string whole = R"({"type":"clip","span":[0,100],"condition":{"prompt":"walk é","strength":[[0,0.5],[1e3,-1]]}})";
  CounterRandom random(3);
  int parsed = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = whole;
    for (std::uint64_t k = 0; k <= random.below(3); ++k) text[random.below(text.size())] = char(random.below(256));
    parsed += parseJson(text, "settings").ok();
  }
  EXPECT_GT(parsed, 100);
  EXPECT_LT(parsed, 19'000);
}

}  // namespace
}  // namespace kinescore
