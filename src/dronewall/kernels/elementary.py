"""What the compiler can work out for four tracks at once, as it cannot what calls the system's library."""

from dronewall.kernels.inner import formula

HALF_PI, QUARTER_PI, PI = 1.5707963267948966, 0.7853981633974483, 3.141592653589793
TAN_EIGHTH_PI = 0.41421356237309503


@formula
def angle(y: float, x: float) -> float:
    """atan2(y, x) to 1e-15 of it; 0 where both are 0. The polynomial interpolates at Chebyshev nodes."""
    a, b = abs(y), abs(x)
    low, high = min(a, b), max(a, b)
    steep = low > TAN_EIGHTH_PI * high
    t = (low - high if steep else low) / (low + high if steep else high + 1e-300)
    z = t * t
    p = 0.03796525745386593 + z * -0.017805397205419446
    p = 0.05846878297330872 + z * (-0.05035102456601552 + z * p)
    p = 0.07692045330902225 + z * (-0.06662951813629191 + z * p)
    p = 0.11111110744919658 + z * (-0.09090896809064027 + z * p)
    p = 0.19999999999940893 + z * (-0.14285714279250245 + z * p)
    turn = t + t * z * (-0.3333333333333312 + z * p) + (QUARTER_PI if steep else 0.0)
    turn = HALF_PI - turn if a > b else turn
    turn = PI - turn if x < 0.0 else turn
    return -turn if y < 0.0 else turn
