import type { BinaryOp, Expr, MetricExpr } from '../ast.ts';
import { formatFixed } from '../format-number.ts';
import { LogQLError } from '../logql-error.ts';

/** Loki names operands by the Go types of its tree; only the kinds that are refused appear. */
function typeName(expr: Expr): string | null {
  if (expr.kind === 'LogExpr') return expr.stages.length === 0 ? '*syntax.MatchersExpr' : '*syntax.PipelineExpr';
  return expr.kind === 'Variants' ? '*syntax.MultiVariantExpr' : null;
}

/** Both sides of a binary operation are metric queries, and those of a set operation are not numbers. */
export function checkOperands(op: BinaryOp['op'], left: Expr, right: Expr): { left: MetricExpr; right: MetricExpr } {
  const operands = { left: metricOperand(op, 'left', left), right: metricOperand(op, 'right', right) };
  if (op === 'and' || op === 'or' || op === 'unless') {
    refuseLiteral(op, 'left', operands.left);
    refuseLiteral(op, 'right', operands.right);
  }
  return operands;
}

function metricOperand(op: BinaryOp['op'], side: 'left' | 'right', expr: Expr): MetricExpr {
  const type = typeName(expr);
  if (expr.kind !== 'LogExpr' && type === null) return expr;
  throw LogQLError.of(`unexpected type for ${side} leg of binary operation (${op}): ${type}`);
}

function refuseLiteral(op: BinaryOp['op'], side: 'left' | 'right', expr: MetricExpr): void {
  if (expr.kind !== 'NumberLiteral') return;
  const value = formatFixed(expr.value);
  throw LogQLError.of(`unexpected literal for ${side} leg of logical/set binary operation (${op}): ${value}`);
}
