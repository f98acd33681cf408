#include "ui/theme/theme.h"

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QFontDatabase>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QProxyStyle>
#include <QSvgRenderer>

#include "ui/theme/style_sheet.h"

namespace kinescore {
namespace {

QPalette darkPalette() {
  const ColorTokens& t = tokens();
  QPalette palette;
  palette.setColor(QPalette::Window, colorOf(t.s2));
  palette.setColor(QPalette::WindowText, colorOf(t.t2));
  palette.setColor(QPalette::Base, colorOf(t.s1));
  palette.setColor(QPalette::AlternateBase, colorOf(t.row));
  palette.setColor(QPalette::Text, colorOf(t.t1));
  palette.setColor(QPalette::Button, colorOf(t.s4));
  palette.setColor(QPalette::ButtonText, colorOf(t.t1));
  palette.setColor(QPalette::BrightText, colorOf(t.t1));
  palette.setColor(QPalette::Highlight, colorOf(t.accFill));
  palette.setColor(QPalette::HighlightedText, colorOf(t.t1));
  palette.setColor(QPalette::PlaceholderText, colorOf(t.t3));
  palette.setColor(QPalette::ToolTipBase, colorOf(t.s4));
  palette.setColor(QPalette::ToolTipText, colorOf(t.t1));
  palette.setColor(QPalette::Link, colorOf(t.link));
  palette.setColor(QPalette::Light, colorOf(t.s5));
  palette.setColor(QPalette::Mid, colorOf(t.line2));
  palette.setColor(QPalette::Dark, colorOf(t.line));
  palette.setColor(QPalette::Shadow, colorOf(t.line));
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
    palette.setColor(QPalette::Disabled, role, colorOf(t.t4));
  }
  return palette;
}

QFont faceOf(const char* family, double pixels, QFont::Weight weight) {
  QFont font(QString::fromLatin1(family));
  font.setPixelSize(int(pixels + 0.5));
  font.setWeight(weight);
  font.setHintingPreference(QFont::PreferNoHinting);
  return font;
}

QString hexOf(const QColor& color) { return color.name(QColor::HexRgb); }

QByteArray svgOf(const QString& name, const QColor& color) {
  QFile file(QStringLiteral(":/icons/") + name + QStringLiteral(".svg"));
  if (!file.open(QIODevice::ReadOnly)) {
    return {};
  }
  QString text = QString::fromUtf8(file.readAll());
  const ColorTokens& t = tokens();
  text.replace(QStringLiteral("currentColor"), hexOf(color));
  text.replace(QStringLiteral("@t1"), hexOf(colorOf(t.t1)));
  text.replace(QStringLiteral("@acc"), hexOf(colorOf(t.acc)));
  text.replace(QStringLiteral("@kText"), hexOf(colorOf(t.kText)));
  text.replace(QStringLiteral("@kPath"), hexOf(colorOf(t.kPath)));
  text.replace(QStringLiteral("@kPose"), hexOf(colorOf(t.kPose)));
  return text.toUtf8();
}

/// Fusion without the coloured icons on the buttons of dialogs.
class PlainFusion : public QProxyStyle {
 public:
  PlainFusion() : QProxyStyle(QStringLiteral("Fusion")) {}
  int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* result) const override {
    return hint == SH_DialogButtonBox_ButtonsHaveIcons ? 0 : QProxyStyle::styleHint(hint, option, widget, result);
  }
};

}  // namespace

void applyTheme(QApplication& application) {
  const QDir fonts(QStringLiteral(":/fonts"));
  for (const QString& file : fonts.entryList({QStringLiteral("*.otf")})) {
    QFontDatabase::addApplicationFont(fonts.filePath(file));
  }
  application.setStyle(new PlainFusion);
  application.setPalette(darkPalette());
  application.setFont(uiFont());
  application.setStyleSheet(styleSheet());
}

QFont uiFont(double pixels, QFont::Weight weight) { return faceOf("Inter", pixels, weight); }
QFont numberFont(double pixels, QFont::Weight weight) {
  return faceOf("Inter Tabular", pixels, weight);
}

QPixmap iconPixmap(const QString& name, const QColor& color, int size, double devicePixelRatio) {
  const QString key = QStringLiteral("icon/%1/%2/%3/%4")
                          .arg(name, color.name(QColor::HexArgb))
                          .arg(size)
                          .arg(devicePixelRatio);
  QPixmap pixmap;
  if (QPixmapCache::find(key, &pixmap)) {
    return pixmap;
  }
  const int pixels = qRound(size * devicePixelRatio);
  pixmap = QPixmap(pixels, pixels);
  pixmap.fill(Qt::transparent);
  QSvgRenderer renderer(svgOf(name, color));
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setOpacity(color.alphaF());
  renderer.render(&painter);
  painter.end();
  pixmap.setDevicePixelRatio(devicePixelRatio);
  QPixmapCache::insert(key, pixmap);
  return pixmap;
}

void drawIcon(QPainter& painter, const QPoint& topLeft, const QString& name, const QColor& color,
              int size) {
  painter.drawPixmap(topLeft, iconPixmap(name, color, size, painter.device()->devicePixelRatioF()));
}

QIcon icon(const QString& name) {
  const ColorTokens& t = tokens();
  QIcon result;
  for (const double ratio : {1.0, 2.0}) {
    result.addPixmap(iconPixmap(name, colorOf(t.t2), 16, ratio), QIcon::Normal, QIcon::Off);
    result.addPixmap(iconPixmap(name, colorOf(t.t1), 16, ratio), QIcon::Normal, QIcon::On);
    result.addPixmap(iconPixmap(name, colorOf(t.t1), 16, ratio), QIcon::Active, QIcon::Off);
    result.addPixmap(iconPixmap(name, colorOf(t.t4), 16, ratio), QIcon::Disabled, QIcon::Off);
  }
  return result;
}

QIcon icon(const QString& name, const QColor& color) {
  QIcon result;
  for (const double ratio : {1.0, 2.0}) {
    result.addPixmap(iconPixmap(name, color, 16, ratio));
  }
  return result;
}

}  // namespace kinescore
