#include "ui/theme/style_sheet.h"

#include <array>
#include <utility>

#include "ui/theme/tokens.h"

namespace kinescore {
namespace {

// "@name" stands for a token. Properties set in code (class="…") pick the variants.
constexpr const char* kSheet = R"(
* { outline: none; }
QWidget { color: @t2; }
QMainWindow { background: @s0; }
QMainWindow::separator { background: @s0; width: 2px; height: 2px; }
QToolTip { background: @s4; color: @t1; border: 1px solid @line2; padding: 3px 6px; }

QMenuBar { background: transparent; spacing: 0; padding: 0; }
QMenuBar::item { background: transparent; color: @t2; padding: 5px 8px; border-radius: 4px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: @s4; color: @t1; }
QMenu { background: @s3; border: 1px solid @line2; padding: 4px; }
QMenu::item { color: @t2; padding: 4px 26px 4px 26px; min-height: 16px; border-radius: 4px; }
QMenu::item:selected { background: @s5; color: @t1; }
QMenu::item:disabled { color: @t4; }
QMenu::separator { height: 1px; background: @line2; margin: 4px 6px; }
QMenu::indicator { width: 12px; height: 12px; left: 7px; }
QMenu::indicator:checked { background: @t2; border-radius: 3px; width: 6px; height: 6px; margin: 3px; }

QPushButton { background: @s4; color: @t1; border: 1px solid @line2; border-radius: 5px; padding: 0 10px; min-height: 24px; }
kinescore--ChoiceCard { min-height: 46px; }
QPushButton:hover { background: @s5; }
QPushButton:pressed { background: @s3; }
QPushButton:focus { border-color: @acc; }
QPushButton:disabled { color: @t4; background: @s3; }
QPushButton[kind="primary"] { background: @accFill; border-color: @accWorking; font-weight: 600; color: @t1; }
QPushButton[kind="primary"]:hover { background: @accWorking; }
QPushButton[kind="primary"]:disabled { background: @s4; border-color: @line2; color: @t4; }
QPushButton[kind="regenerate"] { background: @accBg; border-color: @accLine; color: @accPale; }
QPushButton[kind="regenerate"]:hover { background: @selectionTop; }
QPushButton[kind="link"] { background: transparent; border: none; color: @link; padding: 0 2px; min-height: 16px; }
QPushButton[kind="link"]:hover { color: @t1; }
QPushButton[kind="flat"] { background: transparent; border: none; color: @t2; padding: 0 6px; }
QPushButton[kind="flat"]:hover { background: @s4; color: @t1; }
QPushButton[kind="flat"]::menu-indicator { width: 0; }

QPushButton[kind="chip"] { background: transparent; color: @t2; border: 1px solid @line2; border-radius: 12px; padding: 0 7px; min-height: 22px; max-height: 22px; font-size: 11px; }
QPushButton[kind="chip"]:hover { background: @s3; color: @t1; }
QPushButton[kind="chip"]:checked { background: @s5; border-color: @t4; color: @t1; }
QPushButton[kind="chip"]:focus { border-color: @acc; }
QProgressBar { background: @s1; border: none; max-height: 3px; min-height: 3px; }
QProgressBar::chunk { background: @acc; }
QListView#clipGrid { background: @s2; border: none; }

QToolButton { background: transparent; border: none; border-radius: 5px; padding: 0; color: @t2; }
QToolButton:hover { background: @s4; }
QToolButton:checked { background: @s5; color: @t1; }
QToolButton:focus { border: 1px solid @acc; }
QToolButton::menu-indicator { width: 0; }
QToolButton[kind="play"] { background: @s4; }
QToolButton[kind="play"]:hover { background: @s5; }

QLineEdit, QPlainTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {
  background: @s1; color: @t1; border: 1px solid @line2; border-radius: 5px; padding: 0 7px;
  min-height: 24px; selection-background-color: @accFill; selection-color: @t1; }
QPlainTextEdit { padding: 4px 5px; }
QLineEdit:focus, QPlainTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border-color: @acc; }
QLineEdit:disabled, QPlainTextEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled { color: @t4; background: @s2; }
QLineEdit[wrong="true"] { border-color: @err; }
QListView#historySteps { background: @s2; color: @t2; border: none; outline: none; }
QListView#historySteps::item { min-height: 22px; padding: 0 10px; border: none; background: transparent; }
QListView#historySteps::item:hover { background: @s3; }
QListView#historySteps::item:selected { background: @s4; color: @t1; }
QLineEdit[kind="timecode"] { background: transparent; border-color: transparent; padding: 0; color: @t1; font-size: 17px; font-weight: 600; }
QLineEdit[kind="timecode"]:hover { border-color: @line2; }
QLineEdit[kind="timecode"]:focus { background: @s1; border-color: @acc; }
QLineEdit[kind="timecode"][wrong="true"] { border-color: @err; }
QComboBox::drop-down { border: none; width: 18px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: @s3; border: 1px solid @line2; selection-background-color: @s5; color: @t1; outline: none; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 0; border: none; }

QLabel { background: transparent; }
QLabel[kind="name"] { color: @t1; }
QLabel[kind="heading"] { color: @t1; font-weight: 600; }
QLabel[kind="label"] { color: @t3; font-size: 11px; }
QLabel[kind="value"] { color: @t1; }

QScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @s5; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: @t4; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSlider::groove:horizontal { background: @s1; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @rangeBar; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal { background: @t1; width: 12px; height: 12px; margin: -4px 0; border-radius: 6px; }
QSlider::handle:horizontal:focus { background: @link; }

QTableWidget { background: @s1; border: 1px solid @line2; border-radius: 5px; gridline-color: @line2; color: @t1; }
QTableWidget::item:selected { background: @s4; color: @t1; }
QTableWidget QLineEdit { border-radius: 0; padding: 0 3px; min-height: 16px; }
QHeaderView { background: @s2; }
QHeaderView::section { background: @s2; color: @t3; border: none; border-bottom: 1px solid @line2; padding: 2px 4px; font-size: 11px; }
QDialog { background: @s2; }
QFileDialog QListView, QFileDialog QTreeView { background: @s1; border: 1px solid @line2; color: @t1; }

QWidget[panel="bar"] { background: @s3; border-bottom: 1px solid @line; }
QWidget[panel="body"] { background: @s2; }
QWidget[panel="segment"] { background: @s1; border: 1px solid @line2; border-radius: 6px; }
QWidget[panel="segment"] QToolButton { border-radius: 4px; color: @t2; padding: 0 10px; }
QWidget[panel="segment"] QToolButton:checked { background: @s5; color: @t1; }
QWidget[panel="segment"] QToolButton:disabled { color: @t4; }
QWidget[panel="segment"] QToolButton:checked:disabled { background: @s3; color: @t4; }
QWidget[panel="prompt"] { background: @s3; border: 1px solid @line2; border-radius: 6px; }
QWidget[panel="prompt"] QWidget[panel="segment"] QToolButton { padding: 0 4px; }
QListWidget#completions { background: @s1; border: 1px solid @line2; border-radius: 5px; color: @t2; outline: none; }
QListWidget#completions::item { padding: 0 6px; border-radius: 3px; }
QListWidget#completions::item:hover { background: @s3; color: @t1; }
QListWidget#completions::item:selected { background: @s5; color: @t1; }
QToolButton[kind="part"] { background: @s3; border: 1px solid @line2; border-radius: 4px; color: @t2; padding: 0 4px; }
QToolButton[kind="part"]:hover { background: @s4; color: @t1; }
QToolButton[kind="part"]:checked { border-color: @kText; color: @t1; }
QToolButton[kind="part"]:focus { border-color: @acc; }
QToolButton[kind="part"]:disabled { color: @t4; border-color: @line2; }
QWidget[panel="section"] { border-bottom: 1px solid @rowSeam; }
QWidget[panel="error"] { background: @s4; border-bottom: 1px solid @line; }
QWidget[panel="stale"] { background: @accBg; border: 1px solid @accLine; border-radius: 5px; }
)";

}  // namespace

QString styleSheet() {
  const ColorTokens& t = tokens();
  // Longer names first: "@s1" must not eat the start of another name.
  const std::array<std::pair<const char*, Rgb>, 30> names{{
      {"selectionTop", t.selectionTop}, {"accWorking", t.accWorking}, {"accFill", t.accFill},
      {"accLine", t.accLine}, {"accPale", t.accPale}, {"rangeBar", t.rangeBar},
      {"rowSeam", t.rowSeam}, {"accBg", t.accBg}, {"line2", t.line2}, {"line", t.line},
      {"link", t.link}, {"acc", t.acc}, {"row", t.row}, {"warn", t.warn}, {"err", t.err},
      {"ok", t.ok}, {"s0", t.s0}, {"s1", t.s1}, {"s2", t.s2}, {"s3", t.s3}, {"s4", t.s4},
      {"s5", t.s5}, {"t1", t.t1}, {"t2", t.t2}, {"t3", t.t3}, {"t4", t.t4},
      {"kText", t.kText}, {"kPose", t.kPose}, {"kPath", t.kPath}, {"kResult", t.kResult}}};
  QString sheet = QString::fromLatin1(kSheet);
  for (const auto& [name, rgb] : names) {
    sheet.replace(QStringLiteral("@") + QLatin1String(name), colorOf(rgb).name());
  }
  return sheet;
}

}  // namespace kinescore
