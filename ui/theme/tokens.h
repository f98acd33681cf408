// Every colour and measure of the interface, by name. No other file holds a colour value.
#pragma once

#include <array>
#include <cstdint>

#include <QColor>

namespace kinescore {

using Rgb = std::uint32_t;  // 0xRRGGBB

struct ColorTokens {
  // Surfaces, from the gaps between panels to a switch that is on.
  Rgb s0, s1, s2, s3, s4, s5;
  Rgb line, line2, row, rowSeam, clipGround;
  // Words: names, body, labels, disabled, and on a clip.
  Rgb t1, t2, t3, t4, onClip, onLight;
  // The accent means: makes or changes motion.
  Rgb acc, accFill, accBg, accWorking, accLine, accPale, link, selectionTop;
  Rgb ok, warn, err, warnBg, warnPale;
  // Kinds of condition.
  Rgb kText, kAudio, kVideo, kPose, kPath, kContact, kRef, kResult;
  Rgb hatch, tick, tickMajor, rangeBar, playhead, playheadHalo;
  // How well a frame keeps what was asked, high to low.
  std::array<Rgb, 4> fulfilment;
  std::array<Rgb, 6> takes;
  // What somebody may paint markers and tracks with.
  std::array<Rgb, 8> labels;
};

constexpr ColorTokens kDarkTokens{
    .s0 = 0x0E0F11, .s1 = 0x15171A, .s2 = 0x1B1D21, .s3 = 0x23262B, .s4 = 0x2C3036, .s5 = 0x383D45,
    .line = 0x0A0B0C, .line2 = 0x30343B, .row = 0x181A1E, .rowSeam = 0x131517,
    .clipGround = 0x1E2024,
    .t1 = 0xEDEFF2, .t2 = 0xB9BFC8, .t3 = 0x979FAC, .t4 = 0x626974, .onClip = 0xE3E6EA,
    .onLight = 0x15171A,
    .acc = 0x6C9DFF, .accFill = 0x2F5BC0, .accBg = 0x22304D, .accWorking = 0x3866C9,
    .accLine = 0x46669F, .accPale = 0xDCE7FF, .link = 0xA9C5FF, .selectionTop = 0x2B467F,
    .ok = 0x63C68B, .warn = 0xED883F, .err = 0xFE5D58, .warnBg = 0x33200F, .warnPale = 0xFFD2AE,
    .kText = 0xFFC837, .kAudio = 0x039FBA, .kVideo = 0xDEC0FF, .kPose = 0xCF6F80,
    .kPath = 0x97F3DE, .kContact = 0xD3F77E, .kRef = 0xEDC99B, .kResult = 0x9AB0CC,
    .hatch = 0x3E444D, .tick = 0x454B54, .tickMajor = 0x6E7682, .rangeBar = 0x8E96A3,
    .playhead = 0xFFFFFF, .playheadHalo = 0x0A0B0C,
    .fulfilment = {0x3A5963, 0x43646F, 0x6F8C93, 0xED883F},
    .takes = {0x9FB4C8, 0xD9C36A, 0xB9A5F2, 0x7FCBA4, 0xE3A1DA, 0x7FA8FF},
    .labels = {0x039FBA, 0xCF6F80, 0xFFC837, 0x63C68B, 0xDEC0FF, 0xED883F, 0x6C9DFF, 0xEDEFF2}};

/// Measures in logical pixels.
namespace measure {
constexpr int kTopBar = 40;
constexpr int kLeftPanel = 264;
constexpr int kFoldedPanel = 44;  // a button is left of it
constexpr int kInspector = 304;
constexpr int kPanelHeader = 32;
constexpr int kTransport = 36;
constexpr int kRuler = 40;
constexpr int kStatusBar = 26;
constexpr int kTrackHeaders = 264;
constexpr int kSeam = 2;
constexpr int kIconButton = 26;
constexpr int kField = 26;
constexpr int kMenuRow = 24;
constexpr int kTakeRow = 37;
constexpr int kLeastWidth = 1180;
constexpr int kLeastHeight = 720;
}  // namespace measure

/// The table in use.
constexpr const ColorTokens& tokens() { return kDarkTokens; }

inline QColor colorOf(Rgb rgb, double alpha = 1) {
  QColor color = QColor::fromRgb(int(rgb >> 16 & 0xFF), int(rgb >> 8 & 0xFF), int(rgb & 0xFF));
  color.setAlphaF(float(alpha));
  return color;
}
/// The colour of a label, 1 … 8; `usual` for 0.
inline QColor labelColor(int label, const QColor& usual) {
  const auto& colors = tokens().labels;
  return label < 1 || label > int(colors.size()) ? usual : colorOf(colors[std::size_t(label - 1)]);
}
/// The badge of take 1, 2 …; six colours, then from the first again.
inline QColor takeColor(int number) {
  const auto& colors = tokens().takes;
  return colorOf(colors[std::size_t(number > 0 ? (number - 1) % 6 : 0)]);
}

}  // namespace kinescore
