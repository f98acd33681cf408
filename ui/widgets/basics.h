// Small pieces that every panel is made of.
#pragma once

#include <QBoxLayout>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QWidget>

namespace kinescore {

/// 26 × 26 with a tooltip "Name  (Key)".
[[nodiscard]] QToolButton* makeIconButton(const QString& iconName, const QString& name, const QString& key,
                                          QWidget* parent);
/// 11 px, for the name of a field.
[[nodiscard]] QLabel* makeLabel(const QString& words, QWidget* parent);
[[nodiscard]] QLabel* makeHeading(const QString& words, QWidget* parent);
/// 1 px line between groups of buttons.
[[nodiscard]] QWidget* makeSeparator(QWidget* parent);
[[nodiscard]] QPushButton* makeLink(const QString& words, QWidget* parent);
/// Paints its style sheet's ground, which a bare QWidget does not.
class Panel : public QWidget {
  Q_OBJECT

 public:
  /// `kind` is the style sheet's: bar, body, section, segment, error, stale.
  explicit Panel(const char* kind, QWidget* parent = nullptr);
};
/// What every panel of the window begins with: a column without margins and a header of the usual height at its top.
struct PanelFrame {
  QVBoxLayout* column;
  Panel* header;
  QHBoxLayout* row;  // of the header
};
[[nodiscard]] PanelFrame framePanel(QWidget* panel, int left, int right, int spacing);

/// A combo box with our chevron.
class ChoiceBox : public QComboBox {
  Q_OBJECT

 public:
  using QComboBox::QComboBox;

 protected:
  void paintEvent(QPaintEvent* event) override;
};

/// A card to choose: a name over a quieter line.
class ChoiceCard : public QPushButton {
  Q_OBJECT

 public:
  ChoiceCard(const QString& name, const QString& detail, QWidget* parent = nullptr);
  QSize sizeHint() const override { return {120, 48}; }
  QSize minimumSizeHint() const override { return {90, 48}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QString detail_;
};

/// A few exclusive choices in one frame.
class SegmentedChoice : public Panel {
  Q_OBJECT

 public:
  /// In rows of so many; 0: all in one.
  explicit SegmentedChoice(const QStringList& names, QWidget* parent = nullptr, int columns = 0);
  /// -1: none of them.
  void setCurrent(int index);
  [[nodiscard]] int current() const;

 Q_SIGNALS:
  void chosen(int index);

 private:
  QList<QToolButton*> buttons_;
};

}  // namespace kinescore
